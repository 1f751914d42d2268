import { describe, expect, it } from "vitest";
import { rootKey } from "../../core/random.ts";
import type { MethodResult, Results } from "../../core/run-record.ts";
import { gainAt } from "../../statistics/learning-curve.ts";
import { curveTables, curveWords } from "./curve-tables.ts";
import type { FinishedCell } from "./finished-cell.ts";
import { learningCurves } from "./learning-curves.ts";

const [USERS, WORLDS] = [40, 5];
const wave = (i: number): number => Math.sin(12.9898 * (i + 1) + 78.233 * (i % 7));

/** A cell whose methods gain so much on average, with users and worlds that differ. */
function cellOf(
  train: number,
  gains: Readonly<Record<string, number>>,
  spread = 0.4,
  more: Record<string, unknown> = {},
): FinishedCell {
  const methods = Object.keys(gains).map((id) => ({ id, name: id }) as MethodResult);
  const noise = Array.from({ length: USERS * WORLDS }, (_, i) => spread * wave(i));
  const centre = noise.reduce((sum, v) => sum + v, 0) / noise.length;
  const worldsOf = (gain: number) =>
    new Map(
      Array.from({ length: WORLDS }, (_, w) => [
        w,
        new Map(
          Array.from({ length: USERS }, (_, u) => [
            `u${u}`,
            gain + (noise[u * WORLDS + w] as number) - centre,
          ]),
        ),
      ]),
    );
  return {
    values: { "users.train": train, ...more },
    folder: `${train}`,
    results: {
      config: { judge: { mapping: "linear" } },
      methods,
      baseline: { meanReward: 5.5 },
    } as unknown as Results,
    differences: new Map(Object.entries(gains).map(([name, gain]) => [name, worldsOf(gain)])),
  };
}

const SIZES = [75, 150, 300, 600];
const TRUTH = { a: 2, b: 12, c: 0.5 };
const cells = SIZES.map((n) =>
  cellOf(n, {
    "routing-oracle": 3,
    routing: gainAt(TRUTH, n),
    "in-context": 0.1,
    "rag-exemplar": 0.2 + n / 1e5,
  }),
);
const curves = learningCurves(cells, rootKey(1), 300);
const curveNamed = (name: string) => curves.find((curve) => curve.name === name)!;

describe("learning curves of a sweep", () => {
  it("are fitted for the methods under test, beside the oracle", () => {
    expect(curves.map(({ name }) => name)).toEqual(["routing", "in-context", "rag-exemplar"]);
    const { fit, points, oracle } = curveNamed("routing");
    expect(oracle).toBeCloseTo(3, 9);
    expect(points.map(({ users }) => users)).toEqual(SIZES);
    for (const { users, gain } of points) expect(gain).toBeCloseTo(gainAt(TRUTH, users), 9);
    expect(fit!.a).toBeCloseTo(2, 2);
    expect(fit!.ci95!.a[0]).toBeLessThan(2);
    expect(fit!.ci95!.a[1]).toBeGreaterThan(2);
  });

  it("say how many train users reach half of the oracle, with an interval, and what the data cannot say", () => {
    const [half, most] = curveNamed("routing").needed;
    // 2 - 12 / sqrt(n) = 1.5 at n = 576; 2.4 is above what the curve ever comes to.
    expect(half).toMatchObject({ share: 0.5, state: "found" });
    expect(half!.gain).toBeCloseTo(1.5, 9);
    expect(half!.users).toBeCloseTo(576, -1);
    expect(half!.ci95![0]).toBeLessThan(576);
    expect(half!.ci95![1]!).toBeGreaterThan(576);
    expect(most).toEqual({
      share: 0.8,
      gain: expect.closeTo(2.4, 9),
      state: "cannot say",
      users: null,
      ci95: null,
    });
  });

  it("are followed to four times the largest train set and no further", () => {
    const at = (gain: number) =>
      learningCurves(
        SIZES.map((n) => cellOf(n, { "routing-oracle": 2 * gain, routing: gainAt(TRUTH, n) }, 0)),
        rootKey(1),
        50,
      )[0]!.needed[0]!;
    expect(at(gainAt(TRUTH, 2300))).toMatchObject({ state: "found", users: expect.closeTo(2300, -2) });
    expect(at(gainAt(TRUTH, 2500))).toMatchObject({ state: "cannot say", users: null });
    expect(at(gainAt(TRUTH, 60))).toMatchObject({ state: "at most", users: 75 });
  });

  it("know a method that does not learn, and one without an oracle to reach", () => {
    expect(curveNamed("in-context")).toMatchObject({ fit: null, needed: [] });
    const alone = learningCurves(
      SIZES.map((n) => cellOf(n, { routing: gainAt(TRUTH, n) })),
      rootKey(1),
      50,
    );
    expect(alone[0]).toMatchObject({ oracle: null, needed: [] });
    expect(curveWords({ learningCurves: alone, keys: [{ key: "users.train", values: SIZES }] })[0]).toContain(
      "without the routing oracle",
    );
  });

  it("need three train sets, and are apart for every value of another key", () => {
    expect(learningCurves(cells.slice(0, 2), rootKey(1), 50)).toEqual([]);
    const both = [1, 2].flatMap((m) =>
      SIZES.map((n) => cellOf(n, { routing: gainAt(TRUTH, n) / m }, 0.4, { activeAttributes: m })),
    );
    const found = learningCurves(both, rootKey(1), 50);
    expect(found.map(({ values }) => values)).toEqual([{ activeAttributes: 1 }, { activeAttributes: 2 }]);
    expect(found[1]!.fit!.a).toBeCloseTo(1, 1);
  });

  it("are the same again, and told in words and in a table", () => {
    expect(learningCurves(cells, rootKey(1), 300)).toEqual(curves);
    const words = curveWords({ learningCurves: curves, keys: [{ key: "users.train", values: SIZES }] });
    expect(words[0]).toMatch(
      /^routing: gain = 2\.00 − 12\.\d+ n\^\(−0\.50\)[^;]*; 50% of the oracle's gain \(\+1\.50\): about 5\d0 \(\d+ to [\d,]+\); 80%[^:]*: the data cannot say\.$/,
    );
    expect(words[1]).toBe("in-context gains the same whatever the train users.");
    expect(words.at(-1)).toContain("2,400 train users");
    const [table] = curveTables({ learningCurves: curves });
    expect(table!.rows).toHaveLength(3);
    expect(table!.rows[0]!.slice(-2)).toEqual(["–", "–"]);
    expect(curveTables({ learningCurves: [] })).toEqual([]);
  });
});
