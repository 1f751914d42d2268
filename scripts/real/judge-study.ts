import { join } from "node:path";
import { testConversations } from "../../src/app/compose.ts";
import { nodeSystem } from "../../src/app/node-system.ts";
import { openModels } from "../../src/app/open-models.ts";
import { completeConfig } from "../../src/app/resolve.ts";
import { parseUserConfig } from "../../src/core/config/load.ts";
import { parseJson } from "../../src/core/json-file.ts";
import type { LanguageModel } from "../../src/core/ports/language-model.ts";
import type { JudgeSettings } from "../../src/judge/settings.ts";
import { plainAnswers } from "../../src/studies/texts.ts";
import type { Estimate } from "./judge-measures.ts";
import type { RealModel } from "./packages.ts";
import { startRealServer } from "./server.ts";

/** What the scripts about small real judges share: judges, servers, texts and the store of their calls. */
export const ROOT = join(import.meta.dirname, "..", "..");
export const CONFIG = join(ROOT, "examples", "real-judges.json");
export const OUT = "runs/real-judges";
const BASE_PORT = 8317;
/** A judge that can be held writes a number and its end. */
const JUDGE = { provider: "openai" as const, temperature: 0, maxTokens: 8, concurrency: 4 };
const JUDGES: Readonly<Record<string, { readonly model: RealModel; readonly port: number }>> = {
  "qwen2.5-coder-1.5b-instruct": { model: "qwen", port: 8318 },
  "smollm2-135m-instruct": { model: "smollm2", port: BASE_PORT },
  "gemma-3-270m": { model: "gemma", port: 8319 },
};
export const QWEN = "qwen2.5-coder-1.5b-instruct";
export const JUDGE_NAMES = Object.keys(JUDGES);

/** @throws Error for a judge that there is not */
export function judgeNamed(name: string) {
  const known = JUDGES[name];
  if (known === undefined) throw new Error(`there is no judge ${name}; choose of ${JUDGE_NAMES.join(", ")}`);
  return { ...known, settings: { ...JUDGE, model: name, baseUrl: `http://127.0.0.1:${known.port}/v1` } };
}
export type NamedJudge = ReturnType<typeof judgeNamed>;

/** Does the work with the servers of the base LLM and of the judges up; those that run already are used: APM_REAL_SERVERS=1. */
export async function served(judges: readonly NamedJudge[], work: () => Promise<void>): Promise<void> {
  const ports = new Map<number, RealModel>([
    [BASE_PORT, "smollm2"],
    ...judges.map(({ port, model }) => [port, model] as const),
  ]);
  const servers =
    process.env.APM_REAL_SERVERS === undefined
      ? await Promise.all([...ports].map(([port, model]) => startRealServer({ port, model })))
      : [];
  try {
    await work();
  } finally {
    for (const server of servers) await server.stop();
  }
}

export interface OpenStudy {
  /** Plain answers of SmolLM2 to the first prompts of the package. */
  readonly texts: readonly string[];
  readonly judging: JudgeSettings;
  /** Through the store: nothing is asked twice. */
  model(settings: NamedJudge["settings"] & { readonly seed?: number }): LanguageModel;
  /** Calls made now, and the tokens sent with them. */
  usage(): { readonly calls: number; readonly inputTokens: number };
}

/** Opens the study's models over its store. @param settings all models that will be asked for */
export async function openStudy(
  count: number,
  settings: readonly Parameters<OpenStudy["model"]>[0][],
  work: (study: OpenStudy) => Promise<void>,
): Promise<void> {
  const system = nodeSystem();
  const config = { ...completeConfig(system, parseUserConfig(parseJson(system, CONFIG), CONFIG)), out: OUT };
  const open = await openModels(system, config, [config.models.base, ...settings]);
  try {
    const source = await testConversations(system, config, count);
    const base = open.models.language("base", config.models.base);
    const answers = await plainAnswers(base, source, count, config.concurrency, () => {});
    await work({
      texts: answers.flatMap(({ text }) => (text === null ? [] : [text])),
      judging: config.judge,
      model: (own) => open.models.language("judge", own),
      usage: () =>
        open.usage().reduce(
          (sum, { calls, inputTokens }) => ({
            calls: sum.calls + calls,
            inputTokens: sum.inputTokens + inputTokens,
          }),
          { calls: 0, inputTokens: 0 },
        ),
    });
  } finally {
    await open.drain();
    open.close();
  }
}

/** A row of a table in Markdown. */
export const row = (cells: readonly unknown[]): void =>
  void process.stdout.write(`| ${cells.join(" | ")} |\n`);

/** Its head. */
export function head(cells: readonly string[]): void {
  process.stdout.write("\n");
  row(cells);
  row(cells.map(() => "---"));
}

const signed = (value: number): string => value.toFixed(2).replace("-", "−");

/** A figure with its interval, or a dash. */
export const shown = ({ value, interval }: Estimate): string =>
  value === null
    ? "–"
    : `${signed(value)}${interval === null ? "" : ` [${interval.map(signed).join(", ")}]`}`;
