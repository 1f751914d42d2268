import type { Config } from "../core/config/resolved.ts";
import { canonicalJson } from "../core/hash.ts";
import type { ModelRole } from "../core/ports/language-model.ts";
import type { PromptName } from "../core/prompt/prompts.ts";
import type { CallCount } from "../pipeline/estimate-calls.ts";
import type { TokenMeans } from "../pipeline/pilot.ts";
import { isSimulated, providerOf } from "../providers/registry.ts";
import { sumOf } from "../statistics/descriptive.ts";

/** How long a real model's texts are taken to be, in tokens. */
export interface AssumedLengths {
  readonly answerTokens: number;
  /** Reasoning included. */
  readonly judgeTokens: number;
}

/** One kind of call of a whole run. */
export interface StageEstimate extends Pick<CallCount, "role" | "prompt" | "judged"> {
  readonly asks: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How many answers stand in a prompt, by which a longer answer lengthens it. */
const ANSWERS_WITHIN: Readonly<Record<string, number>> = {
  ...{ judge: 1, judgeTextFirst: 1, judgeWithPrompt: 1, judgeWithPromptTextFirst: 1 },
  ...{ summarisePreference: 2, summarisePreferenceWithPrompt: 2, ragExemplar: 6 },
};
/** Prompts whose output is an answer to a user. */
const ANSWERING = new Set([
  ...["plain", "respond", "ragExemplar", "ragSummary", "inContext", "answerForTaste", "manyShot"],
]);

type Lengths = AssumedLengths & { readonly simulated: ReadonlyMap<PromptName, TokenMeans> };

/** Roles that have a row, asked or not. */
const ALWAYS: ReadonlySet<string> = new Set(["rewriter", "candidate", "judge", "base"]);

/** Calls of the same kind together, with their tokens; nothing that is never asked. */
export function estimateStages(
  config: Config,
  counts: readonly CallCount[],
  lengths: Lengths,
): readonly StageEstimate[] {
  const alike = Map.groupBy(counts, ({ role, prompt, judged }) => canonicalJson([role, prompt, judged]));
  return [...alike.values()].flatMap((own): StageEstimate[] => {
    const { role, prompt, judged } = own[0] as CallCount;
    // A simulated embedding is a function: nobody counts its uses. What systems outside read is theirs to know.
    if (role === "embedder" && providerOf(config.models[role]).simulated) return [];
    const tokens = own.map(({ calls, inputTokens = 0 }) => {
      if (role === "external") return { input: 0, output: 0 };
      const { input, output } = tokensOf(config, role, prompt, lengths);
      return { input: calls * Math.max(input, inputTokens), output: calls * output };
    });
    const stage = {
      role,
      ...(prompt && { prompt }),
      ...(judged && { judged }),
      asks: sumOf(own, (c) => c.asks),
      calls: sumOf(own, (c) => c.calls),
      inputTokens: sumOf(tokens, (t) => t.input),
      outputTokens: sumOf(tokens, (t) => t.output),
    };
    return stage.asks === 0 && !ALWAYS.has(role) ? [] : [stage];
  });
}

/** Mean tokens of one call. An answer is never longer than its model's limit, nor is a prompt that holds answers. */
function tokensOf(
  { models, historyLength }: Config,
  role: ModelRole | "embedder",
  prompt: PromptName | undefined,
  { simulated, answerTokens, judgeTokens }: Lengths,
): TokenMeans {
  const means = (name: PromptName): TokenMeans => simulated.get(name) ?? { input: 0, output: 0 };
  if (role === "embedder") {
    return { input: EMBEDDED_TEXTS * historyLength * means("rewrite").output, output: 0 };
  }
  const within = (of: ModelRole, tokens: number): number =>
    Math.min(tokens, models[of].maxTokens ?? Number.POSITIVE_INFINITY);
  // A prompt that the pilot cannot know is taken to hold the history, as that of a chat product does.
  const { input, output } = means(prompt ?? "inContext");
  const answer = simulated.get("respond")?.output ?? means("plain").output;
  const longer = isSimulated(models.candidate)
    ? 0
    : (ANSWERS_WITHIN[prompt ?? ""] ?? 0) * (within("candidate", answerTokens) - answer);
  const real = role === "judge" ? judgeTokens : ANSWERING.has(prompt ?? "inContext") ? answerTokens : output;
  return { input: input + longer, output: within(role, isSimulated(models[role]) ? output : real) };
}

/** Texts in one request to an embedder, on average: train users' come many at a time, test users' one by one. */
const EMBEDDED_TEXTS = 2;
