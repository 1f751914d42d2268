/**
 * The tables of docs/simulated-judge.md: the simulated judge beside the 13 real ones on the same statistics, and the
 * entanglement of its principles beside that of a real judge's ratings. Prints them; `--write` puts them in the page.
 *
 *   node bench/simulated-judge.ts [--write]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { rootKey } from "../src/core/random.ts";
import type { JudgeSettings } from "../src/judge/settings.ts";
import { createSimModel } from "../src/providers/sim/model.ts";
import { KNOWN_TRAITS } from "../src/providers/sim/traits.ts";
import { pearson } from "../src/statistics/correlation.ts";
import { mean, standardDeviation } from "../src/statistics/descriptive.ts";
import { compareJudges } from "../src/studies/judge-comparison/compare.ts";
import type { JudgeScores } from "../src/studies/judge-comparison/scores.ts";
import { entanglement, plainAnswers, scoreAntonyms } from "../test/support/antonym-scores.ts";
import { realAnswers, realJudges, realRatings } from "../test/support/real-judges.ts";

const real = realJudges();
const pairs = real[0]!.pairs.map(({ pair }) => pair);
const titles = pairs.map((pair) => pair.join("/"));
const model = createSimModel();
const exact = createSimModel({ options: { judgeNoise: 0, judgeBias: 0 } });
const [written, own] = [realAnswers(), await plainAnswers(model)];
const weighted: JudgeSettings = { scale: 10, retries: 3, weighted: true };
const hundred: JudgeSettings = { scale: 100, retries: 3, weighted: false };
const simulated = [
  await scoreAntonyms("sim, real answers", model, written, pairs),
  await scoreAntonyms("sim, its own answers", model, own, pairs),
  await scoreAntonyms("sim on 1-100, its own answers", model, own, pairs, hundred),
  await scoreAntonyms("sim weighted, real answers", model, written, pairs, weighted),
  await scoreAntonyms("sim weighted, its own answers", model, own, pairs, weighted),
  await scoreAntonyms("sim without noise and bias, real answers", exact, written, pairs),
  await scoreAntonyms("sim without noise and bias, its own answers", exact, own, pairs),
];

const settings = { resamples: 1, permutations: 1 };
const { rows } = compareJudges([...real, ...simulated], rootKey(0), settings);
const rowOf = ({ judge }: JudgeScores, p: number) =>
  rows.find((row) => row.judge === judge && row.pair === titles[p])!;
const lines: string[] = [];

/** One table: real judges from the least mean to the greatest, then the simulated ones. */
function table(title: string, value: (judge: JudgeScores, pair: number) => number): void {
  lines.push("", `### ${title}`, "", `| judge | ${titles.join(" | ")} | mean |`);
  lines.push(`| --- |${" ---: |".repeat(titles.length + 1)}`);
  const withValues = (judge: JudgeScores) => ({
    name: judge.judge,
    values: pairs.map((_, p) => value(judge, p)),
  });
  const ranked = real.map(withValues).sort((a, b) => mean(a.values)! - mean(b.values)!);
  const marked = simulated.map(withValues).map(({ name, values }) => ({ name: `**${name}**`, values }));
  for (const { name, values } of [...ranked, ...marked]) {
    lines.push(`| ${[name, ...[...values, mean(values)!].map((v) => v.toFixed(2))].join(" | ")} |`);
  }
}

table("Balance: mean of |s+ + s- - 11|", (judge, p) => rowOf(judge, p).balance!);
table("Population deviation of s+ + s-", (judge, p) => rowOf(judge, p).sdSum!);
table("Pearson correlation of s+ and s-", (judge, p) => rowOf(judge, p).correlation!);
table("Population deviation of scores, mean of both poles", (judge, p) => {
  const { positive, negative } = judge.pairs[p]!;
  return (standardDeviation(positive, "population")! + standardDeviation(negative, "population")!) / 2;
});
table("Mean score of the first pole", (judge, p) => mean(judge.pairs[p]!.positive)!);
table("Mean score of the second pole", (judge, p) => mean(judge.pairs[p]!.negative)!);

const shared = KNOWN_TRAITS.filter((trait) => realRatings().names.includes(trait));
const entangled = await entanglement(model, written, shared, realRatings().column);
const [ours, theirs] = [entangled.map((e) => e.simulated), entangled.map((e) => e.real)];
const marked = entangled.filter((e) => Math.abs(e.real) > 0.3);
const agreeing = marked.filter((e) => e.simulated * e.real > 0);
lines.push("", "### Entanglement", "");
lines.push(`- ${shared.length} principles are known to both, which makes ${entangled.length} pairs.`);
lines.push(`- Pearson correlation of simulated and real correlations: ${pearson(ours, theirs)!.toFixed(2)}.`);
lines.push(`- Same sign where the real one is beyond 0.3: ${agreeing.length} of ${marked.length}.`);
lines.push("", "| pair | simulated | real |", "| --- | ---: | ---: |");
const gap = (e: (typeof entangled)[number]) => Math.abs(e.simulated - e.real);
const strongest = entangled.toSorted((a, b) => Math.abs(b.real) - Math.abs(a.real)).slice(0, 10);
const furthest = entangled.toSorted((a, b) => gap(b) - gap(a)).slice(0, 10);
for (const [heading, list] of [
  ["strongest in the real ratings", strongest],
  ["furthest apart", furthest],
] as const) {
  lines.push(`| *${heading}* | | |`);
  for (const e of list)
    lines.push(`| ${e.pair.join(" / ")} | ${e.simulated.toFixed(2)} | ${e.real.toFixed(2)} |`);
}

const tables = lines.join("\n").trim();
const page = "docs/simulated-judge.md";
if (process.argv.includes("--write")) {
  const [before, after] = readFileSync(page, "utf8").split(
    /(?<=<!-- tables -->\n)[\s\S]*(?=<!-- end of tables -->)/,
  );
  writeFileSync(page, `${before}\n${tables}\n\n${after}`);
} else console.log(tables);
