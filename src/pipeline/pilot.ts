import type { Config } from "../core/config/resolved.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { type PromptName, prompts } from "../core/prompt/prompts.ts";
import { matchPrompt } from "../core/prompt/template.ts";
import { runBenchmark } from "./run.ts";
import type { RunSetup } from "./run-setup.ts";

/** Mean tokens of one kind of call. */
export interface TokenMeans {
  readonly input: number;
  readonly output: number;
}

/** The style prompt is so short that it also matches others with a system message: it is tried last. */
const BY_SPECIFICITY = [
  ...(Object.keys(prompts) as PromptName[]).filter((name) => name !== "respond"),
  "respond" as const,
];

const PILOT_USERS = { train: 24, validation: 4, test: 16 };

/**
 * Runs the benchmark for a few users and measures how long each kind of call is.
 * @param run a set-up whose models cost nothing, with a store of its own
 */
export async function pilotTokens(run: RunSetup): Promise<ReadonlyMap<PromptName, TokenMeans>> {
  const sums = new Map<PromptName, { calls: number; input: number; output: number }>();
  const listening = (model: LanguageModel): LanguageModel => ({
    ...model,
    async generate(request) {
      const result = await model.generate(request);
      const name = BY_SPECIFICITY.find((n) => matchPrompt(prompts[n], request.messages) !== null);
      if (name !== undefined && !result.cached) {
        const sum = sums.get(name) ?? { calls: 0, input: 0, output: 0 };
        sum.calls++;
        sum.input += result.usage.inputTokens;
        sum.output += result.usage.outputTokens;
        sums.set(name, sum);
      }
      return result;
    },
  });
  const models = Object.fromEntries(
    Object.entries(run.models).map(([role, model]) => [role, listening(model)]),
  ) as Record<ModelRole, LanguageModel>;
  const config: Config = {
    ...run.config,
    users: { ...run.config.users, ...PILOT_USERS },
    worlds: run.config.worlds.slice(0, 1),
    statistics: { ...run.config.statistics, resamples: 1, permutations: 1 },
  };
  await runBenchmark({ ...run, config, models });
  return new Map(
    [...sums].map(([name, { calls, input, output }]) => [
      name,
      { input: input / calls, output: output / calls },
    ]),
  );
}
