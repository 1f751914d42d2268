/**
 * Do the intervals of learning curves hold the truth? Simulates sweeps over train sets whose curve is known, with the
 * product's own functions. Users, worlds and single pairs differ as in default runs; what a method learned from one draw of
 * train users (a deviation a train set) is drawn, too, where it is said: that is not in the intervals.
 *
 * node bench/learning-curves.ts [--replicates 300]
 */
import { parseArgs } from "node:util";
import { fold, rngOf, rootKey } from "../src/core/random.ts";
import type { MethodResult, Results } from "../src/core/run-record.ts";
import { gainAt, sizeFor } from "../src/statistics/learning-curve.ts";
import { learningCurves } from "../src/studies/sweep/learning-curves.ts";
import { markdownTable } from "./validity/markdown.ts";

const { values } = parseArgs({ options: { replicates: { type: "string" } } });
const replicates = Number(values.replicates ?? 300);

const SIZES = [75, 150, 300, 600];
const TRUTH = { a: 2, b: 12, c: 0.5 };
const ORACLE = 3;
/** Standard deviations: of users, of worlds, of pairs that all train sets share, and of each set's own. */
const SPREAD = { user: 0.8, world: 0.25, pair: 1.6, own: 1.2 };

const rows = [
  { users: 200, worlds: 5, train: 0 },
  { users: 200, worlds: 5, train: 0.05 },
  { users: 1000, worlds: 10, train: 0 },
].map(({ users, worlds, train }) => {
  const held = { half: 0, told: 0, open: 0, a: 0, fits: 0 };
  for (let r = 0; r < replicates; r++) {
    const key = fold(rootKey(r), `learning-curves ${users} ${worlds} ${train}`);
    const [curve] = learningCurves(cellsOf(users, worlds, train, rngOf(key)), key, 400);
    const half = curve?.needed[0];
    const truth = sizeFor(TRUTH, ORACLE / 2);
    const a = curve?.fit?.ci95?.a;
    held.fits++;
    if (a && a[0] <= TRUTH.a && TRUTH.a <= a[1]) held.a++;
    if (half?.state === "cannot say") held.open++;
    const ends = half?.ci95;
    if (ends) {
      held.told++;
      if (ends[0] <= truth && truth <= (ends[1] ?? Number.POSITIVE_INFINITY)) held.half++;
    }
  }
  const percent = (n: number, of: number): string => (of === 0 ? "–" : `${((100 * n) / of).toFixed(0)} %`);
  return {
    "users x worlds": `${users} × ${worlds}`,
    "SD over train sets": String(train),
    "interval of users needed holds the truth": percent(held.half, held.told),
    "says nothing of it": percent(held.fits - held.told, held.fits),
    "no number, though there is one": percent(held.open, held.fits),
    "interval of a holds the truth": percent(held.a, held.fits),
  };
});
console.log(markdownTable(rows));

function cellsOf(users: number, worlds: number, train: number, rng: ReturnType<typeof rngOf>) {
  const draw = (n: number, sd: number): number[] => Array.from({ length: n }, () => sd * rng.normal());
  const byUser = draw(users, SPREAD.user);
  const byWorld = draw(worlds, SPREAD.world);
  const byPair = draw(users * worlds, SPREAD.pair);
  const tableOf = (gain: number) =>
    new Map(
      byWorld.map((world, w) => [
        w,
        new Map(
          byUser.map((user, u) => [
            `u${u}`,
            gain + world + user + (byPair[u * worlds + w] as number) + SPREAD.own * rng.normal(),
          ]),
        ),
      ]),
    );
  const methods = ["routing", "routing-oracle"].map((id) => ({ id, name: id }) as MethodResult);
  return SIZES.map((size) => ({
    values: { "users.train": size },
    folder: `${size}`,
    results: { methods, baseline: { meanReward: 5.5 } } as unknown as Results,
    differences: new Map([
      ["routing", tableOf(gainAt(TRUTH, size) + train * rng.normal())],
      ["routing-oracle", tableOf(ORACLE)],
    ]),
  }));
}
