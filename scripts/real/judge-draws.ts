/**
 * What a second draw at temperature 1 says of the first one, by a small real judge: docs/real-llm.md. Killed at any time, it
 * goes on where it was.
 *
 *   npm run study:judge-draws -- [--answers 30] [--pairs 4] [judge]...
 */
import { parseArgs } from "node:util";
import {
  ANTONYMS,
  agreementOf,
  difference,
  estimatesOf,
  meanOf,
  pooledAgreementOf,
  type Readings,
  readJudge,
} from "./judge-measures.ts";
import { head, judgeNamed, openStudy, QWEN, row, served, shown } from "./judge-study.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { answers: { type: "string", default: "30" }, pairs: { type: "string", default: "4" } },
});
const words = ANTONYMS.slice(0, Number(values.pairs)).flat();
const judges = (positionals.length > 0 ? positionals : [QWEN]).map(judgeNamed);
const SEEDS = [1, 2] as const;

await served(judges, async () => {
  const draws = judges.map(({ settings }) => SEEDS.map((seed) => ({ ...settings, temperature: 1, seed })));
  const apart: (readonly unknown[])[] = [];
  await openStudy(Number(values.answers), draws.flat(), async ({ texts, judging, model }) => {
    head(["judge", "score", "within a principle", "over all ratings"]);
    for (const own of draws) {
      const [one, two] = await Promise.all(own.map((one) => readJudge(model(one), judging, texts, words)));
      if (one === undefined || two === undefined) continue;
      const figures = [agreementOf, pooledAgreementOf].map((agreement) => ({
        written: agreement(one.written, two.written),
        weighted: agreement(one.weighted, two.weighted),
      }));
      const rows = {
        written: figures.map(({ written }) => written),
        weighted: figures.map(({ weighted }) => weighted),
        "weighted − written": figures.map(({ written, weighted }) => difference(weighted, written)),
      };
      for (const [how, of] of Object.entries(rows))
        row([own[0]?.model, how, ...estimatesOf(texts.length, of).map(shown)]);
      for (const [name, ones] of Object.entries({ "of neither draw": 0, "of one draw": 1, "of both": 2 }))
        apart.push([own[0]?.model, name, ...differences(one, two, ones)]);
    }
    head(["judge", "1 or 10 is the written number", "ratings", "mean difference of the weighted scores"]);
    for (const cells of apart) row(cells);
  });
});

/** Of a judge that writes digit by digit, "10" has a probability only where "1" was drawn: how much that shifts its score. */
function differences(one: Readings, two: Readings, ones: number): readonly [number, string] {
  const beginsWithOne = (score: number | null | undefined): number => (score === 1 || score === 10 ? 1 : 0);
  const own = one.weighted.flatMap((scores, t) =>
    scores.flatMap((score, w) => {
      const other = two.weighted[t]?.[w] ?? null;
      const found = beginsWithOne(one.written[t]?.[w]) + beginsWithOne(two.written[t]?.[w]);
      return score === null || other === null || found !== ones ? [] : [Math.abs(score - other)];
    }),
  );
  return [own.length, meanOf(own)?.toFixed(2) ?? "–"];
}
