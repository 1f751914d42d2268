/**
 * Makes the tables of docs/claims.md that hold all methods beside each other:
 * `node scripts/methods-table.ts [FOLDER]`, by default runs/methods. It runs the embedded default, the same with 1,000 train
 * users, and the preset tiny (whose weights prompt optimization needs), each in a folder of its own below FOLDER, and prints
 * Markdown. A run that is whole is not made again; one that was stopped goes on.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../src/core/config/resolved.ts";
import type { PairResult, Results } from "../src/core/run-record.ts";
import { type ConfiguredMethod, createMethod } from "../src/methods/registry.ts";
import { estimateCalls } from "../src/pipeline/estimate-calls.ts";
import { interval, signed, whole } from "../src/report/format.ts";

const REWARDS = { id: "routing", name: "routing, rewards", labels: "rewards" };
const SIMULATED = [
  ...["none", "routing-oracle", "routing"],
  REWARDS,
  { ...REWARDS, name: "routing, rewards, embedding", features: "embedding" },
  { ...REWARDS, name: "routing, rewards, both", features: "both" },
  ...["knn-routing", "reward-rerank"],
  { id: "reward-rerank", name: "reward reranking, 8 draws", pool: "samples" },
  { id: "reward-rerank", name: "reward reranking, both", pool: "both" },
  ...["rag-exemplar", "rag-summary", "in-context", "profile"],
  { id: "many-shot", budgetTokens: 8000 },
  { id: "many-shot", name: "many-shot, answers", show: "answers", budgetTokens: 8000 },
  ...["majority-routing", "random-routing"],
];
const TINY: readonly { readonly id: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "../presets/tiny.json"), "utf8"),
).methods;
const RUNS = [
  { name: "default", title: "The embedded default", flags: [], settings: { methods: SIMULATED } },
  {
    name: "large",
    title: "The same with 1,000 train users",
    flags: [],
    settings: { methods: SIMULATED, users: { train: 1000 } },
  },
  {
    name: "tiny",
    title: "Preset tiny: a network of a million parameters, K = 2",
    flags: ["--preset", "tiny"],
    settings: { methods: [...TINY, REWARDS] },
  },
] as const;

const folder = resolve(process.argv[2] ?? "runs/methods");
const program = join(import.meta.dirname, "../bin/apm-bench.js");
mkdirSync(folder, { recursive: true });
for (const { name, title, flags, settings } of RUNS) {
  const [config, out] = [join(folder, `${name}.json`), join(folder, name)];
  writeFileSync(config, JSON.stringify(settings));
  const { status } = spawnSync(process.execPath, [program, "run", config, "--out", out, ...flags], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`the run of ${config} failed`);
  const read = (file: string) => JSON.parse(readFileSync(join(out, file), "utf8"));
  console.log(section(title, read("results.json"), read("config.json")).join("\n"));
}

function section(title: string, results: Results, config: Config): string[] {
  const { train, validation, test } = results.users;
  const shown = results.methods.filter(({ id }) => id !== "none");
  const number = new Map(shown.map(({ name }, i) => [name, i + 1]));
  const paired = shown.filter(({ name }) => results.pairs.some(({ a, b }) => a === name || b === name));
  return [
    `### ${title}`,
    "",
    `${whole(train)} train, ${whole(validation)} validation, ${whole(test)} test users, ${results.worlds.length} world${results.worlds.length === 1 ? "" : "s"}.`,
    "",
    "| | method | Δ | 95 % interval | verdict | base LLM | embedder | judge | pairs rightly ordered |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...shown.map(({ name, summary, pairwiseAccuracy }) => {
      const calls = callsOf(config, name);
      const accuracy = pairwiseAccuracy?.test ?? null;
      return `| ${[
        number.get(name),
        name,
        signed(summary.delta),
        interval(summary.deltaCi95, signed),
        summary.verdict,
        ...calls.map((count) => (count === null ? "–" : whole(count))),
        accuracy === null ? "" : `${(100 * accuracy).toFixed(1)} %`,
      ].join(" | ")} |`;
    }),
    "",
    `| row minus column | ${paired.map(({ name }) => number.get(name)).join(" | ")} |`,
    `| --- | ${paired.map(() => "---").join(" | ")} |`,
    ...paired.map(({ name: a }, row) => {
      const cells = paired.map(({ name: b }, column) => (column <= row ? "" : cellOf(results.pairs, a, b)));
      return `| ${number.get(a)} ${a} | ${cells.join(" | ")} |`;
    }),
    "",
  ];
}

/** A difference, in bold where it is significant over all pairs of the run. */
function cellOf(pairs: readonly PairResult[], row: string, column: string): string {
  const pair = pairs.find(({ a, b }) => a === row && b === column);
  const { difference = null, pValueAdjusted = null } = pair ?? {};
  const text = signed(difference);
  return pValueAdjusted !== null && pValueAdjusted < 0.05 ? `**${text}**` : text;
}

/**
 * What must be paid for a method alone, beside users, candidates, ratings and the oracle: of base LLM, embedder (a request
 * holds up to 32 texts) and judge. The oracle's own cost is that of rating.
 */
function callsOf(config: Config, name: string): (number | null)[] {
  const methods = config.methods.map((method, i) => createMethod(method, i));
  const others = methods.filter(({ role }) => role === "oracle" || role === "baseline");
  const method = methods.find((m) => m.name === name) as ConfiguredMethod;
  if (method.role === "oracle") return [null, null, null];
  // Somebody who learns, so that train users are made and rated anyway, and who asks nothing of anybody.
  const learner = methods.find((m) => m.learns && m.answers === "styled" && m !== method);
  const known = [...others, ...(learner === undefined ? [] : [learner])];
  const count = (list: readonly ConfiguredMethod[], role: string): number =>
    estimateCalls({ config }, list, true)
      .filter((call) => call.role === role)
      .reduce((sum, { calls }) => sum + calls, 0);
  const added = (role: string): number => Math.round(count([...known, method], role) - count(known, role));
  return ["base", "embedder", "judge"].map(added);
}
