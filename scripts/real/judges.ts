/**
 * Small real LLMs as judges, on answers of a small real LLM: docs/real-llm.md. Killed at any time, it goes on where it was.
 *
 *   npm run study:judges -- [--answers 300] [--pairs 4] [judge]...
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { testConversations } from "../../src/app/compose.ts";
import { nodeSystem } from "../../src/app/node-system.ts";
import { openModels } from "../../src/app/open-models.ts";
import { completeConfig } from "../../src/app/resolve.ts";
import { parseUserConfig } from "../../src/core/config/load.ts";
import { parseJson } from "../../src/core/json-file.ts";
import { plainAnswers } from "../../src/studies/texts.ts";
import { ANTONYMS, type Measured, measureJudge, simulatedScores } from "./judge-measures.ts";
import type { RealModel } from "./packages.ts";
import { startRealServer } from "./server.ts";

const root = join(import.meta.dirname, "..", "..");
const CONFIG = join(root, "examples", "real-judges.json");
const OUT = "runs/real-judges";
const BASE_PORT = 8317;
/** A judge that can be held writes a number and its end. */
const JUDGE = { provider: "openai", temperature: 0, maxTokens: 8, concurrency: 4 };
const JUDGES: Readonly<Record<string, { readonly model: RealModel; readonly port: number }>> = {
  "qwen2.5-coder-1.5b-instruct": { model: "qwen", port: 8318 },
  "smollm2-135m-instruct": { model: "smollm2", port: BASE_PORT },
  "gemma-3-270m": { model: "gemma", port: 8319 },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { answers: { type: "string", default: "300" }, pairs: { type: "string", default: "4" } },
});
const count = values.answers;
const pairs = ANTONYMS.slice(0, Number(values.pairs));
const names = positionals.length > 0 ? positionals : Object.keys(JUDGES).slice(0, 2);
const judges = names.map((name) => {
  const known = JUDGES[name];
  if (known === undefined)
    throw new Error(`there is no judge ${name}; choose of ${Object.keys(JUDGES).join(", ")}`);
  return { ...known, settings: { ...JUDGE, model: name, baseUrl: `http://127.0.0.1:${known.port}/v1` } };
});

// Servers that run already are used: APM_REAL_SERVERS=1.
const ports = new Map<number, RealModel>([
  [BASE_PORT, "smollm2"],
  ...judges.map(({ port, model }) => [port, model] as const),
]);
const servers =
  process.env.APM_REAL_SERVERS === undefined
    ? await Promise.all([...ports].map(([port, model]) => startRealServer({ port, model })))
    : [];

const args = [
  ...["judges", "run", CONFIG, "--out", OUT, "--conversations", count, "--judge", "sim:default"],
  ...judges.flatMap(({ settings }) => ["--judge", JSON.stringify(settings)]),
  ...pairs.flatMap((pair) => ["--pair", pair.join("/")]),
];
const { status } = spawnSync(process.execPath, [join(root, "bin", "apm-bench.js"), ...args], {
  stdio: "inherit",
});
if (status === 0) await report();
process.exitCode = status ?? 1;
for (const server of servers) await server.stop();

/** What the study's calls say besides, out of its store: no further call is made. */
async function report(): Promise<void> {
  const system = nodeSystem();
  const config = { ...completeConfig(system, parseUserConfig(parseJson(system, CONFIG), CONFIG)), out: OUT };
  const open = await openModels(system, config, [
    config.models.base,
    ...judges.map(({ settings }) => settings),
  ]);
  try {
    const source = await testConversations(system, config, Number(count));
    const base = open.models.language("base", config.models.base);
    const texts = await plainAnswers(base, source, Number(count), config.concurrency, () => {});
    const simulated = await simulatedScores(texts, pairs, config.judge);
    for (const { settings } of judges) {
      const model = open.models.language("judge", settings);
      show(settings.model, await measureJudge(model, config.judge, texts, pairs, simulated));
    }
    for (const { model, calls, cacheHits, inputTokens } of open.usage())
      process.stdout.write(
        `${model}: ${calls} calls now, ${cacheHits} from the store, ${inputTokens} tokens sent now\n`,
      );
  } finally {
    await open.drain();
    open.close();
  }
}

function show(name: string, { form, asked, readable, meanMass, plain, rows }: Measured): void {
  const line = (cells: readonly unknown[]): void => void process.stdout.write(`| ${cells.join(" | ")} |\n`);
  const figure = (value: number | null): string => value?.toFixed(2) ?? "–";
  process.stdout.write(
    `\n${name}: held by ${form}; ${readable} of ${asked} replies readable; mean mass ${figure(meanMass)}, ${plain} taken as written\n\n`,
  );
  line(["score", "balance", "antonym correlation", "Spearman with the simulated judge", "distinct scores"]);
  line(["---", "---", "---", "---", "---"]);
  for (const { how, balance, correlation, spearman, distinct } of rows)
    line([how, figure(balance), figure(correlation), figure(spearman), distinct]);
  process.stdout.write("\nSpearman with the simulated judge, by principle:\n\n");
  line(["principle", ...rows.map(({ how }) => how)]);
  line(["---", ...rows.map(() => "---")]);
  for (const word of pairs.flat())
    line([word, ...rows.map(({ byWord }) => figure(byWord.get(word) ?? null))]);
}
