/**
 * Small real LLMs as judges, on answers of a small real LLM: docs/real-llm.md. Killed at any time, it goes on where it was.
 *
 *   npm run study:judges -- [--answers 300] [--pairs 4] [judge]...
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createSimModel } from "../../src/providers/sim/model.ts";
import {
  ANTONYMS,
  agreementOf,
  agreementOn,
  antonymCorrelationOf,
  balanceOf,
  difference,
  type Estimate,
  estimatesOf,
  type Readings,
  readJudge,
  type Scores,
  scoresOf,
} from "./judge-measures.ts";
import {
  CONFIG,
  head,
  JUDGE_NAMES,
  judgeNamed,
  OUT,
  openStudy,
  ROOT,
  row,
  served,
  shown,
} from "./judge-study.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { answers: { type: "string", default: "300" }, pairs: { type: "string", default: "4" } },
});
const pairs = ANTONYMS.slice(0, Number(values.pairs));
const words = pairs.flat();
const judges = (positionals.length > 0 ? positionals : JUDGE_NAMES.slice(0, 2)).map(judgeNamed);

await served(judges, async () => {
  const status = await compare();
  if (status === 0) await report();
  process.exitCode = status;
});

/** `judges run`, to its end. */
function compare(): Promise<number> {
  const args = [
    ...["judges", "run", CONFIG, "--out", OUT, "--conversations", values.answers, "--judge", "sim:default"],
    ...judges.flatMap(({ settings }) => ["--judge", JSON.stringify(settings)]),
    ...pairs.flatMap((pair) => ["--pair", pair.join("/")]),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "apm-bench.js"), ...args], { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** What the study's calls say besides, out of its store: no further call is made. */
function report(): Promise<void> {
  const settings = judges.map((judge) => judge.settings);
  return openStudy(Number(values.answers), settings, async ({ texts, judging, model, usage }) => {
    const simulated = await scoresOf(createSimModel(), judging, texts, words);
    for (const own of settings) {
      const readings = await readJudge(model(own), judging, texts, words);
      showReadings(own.model, readings);
      showFigures(readings, simulated);
    }
    process.stdout.write(`\n${usage().calls} calls made now, ${usage().inputTokens} tokens sent\n`);
  });
}

function showReadings(name: string, { form, asked, readable, meanMass, plain }: Readings): void {
  const mass = meanMass?.toFixed(3) ?? "–";
  process.stdout.write(
    `\n${name}: held by ${form}; ${readable} of ${asked} replies readable; mean mass ${mass}, ${plain} taken as written\n`,
  );
}

function showFigures({ written, weighted }: Readings, simulated: Scores): void {
  const texts = written.length;
  const figures = (scores: Scores) =>
    [balanceOf(scores, pairs), antonymCorrelationOf(scores, pairs), agreementOf(scores, simulated)] as const;
  const [plain, weighed] = [figures(written), figures(weighted)];
  const apart = weighed.map((figure, f) => difference(figure, plain[f] as (typeof plain)[0]));
  const all = estimatesOf(texts, [...plain, ...weighed, ...apart]);
  const distinct = (scores: Scores) => new Set(scores.flat().filter((score) => score !== null)).size;
  const line = (how: string, estimates: readonly Estimate[], last: unknown): void =>
    row([how, ...estimates.map(shown), last]);
  head(["score", "balance", "antonym correlation", "Spearman with the simulated judge", "distinct scores"]);
  line("written", all.slice(0, 3), distinct(written));
  line("weighted", all.slice(3, 6), distinct(weighted));
  line("weighted − written", all.slice(6), "");

  head(["principle", "written", "weighted"]);
  const byWord = words.flatMap((_, w) => [written, weighted].map((own) => agreementOn(w, own, simulated)));
  const estimates = estimatesOf(texts, byWord).map(shown);
  for (const [w, word] of words.entries()) row([word, ...estimates.slice(2 * w, 2 * w + 2)]);
}
