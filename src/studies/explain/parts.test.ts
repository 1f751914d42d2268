import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LadderRewards, lossParts, PART_IDS, type Rewards } from "./parts.ts";

const reward = fc.double({ min: 1, max: 10, noNaN: true });
const table = (of: fc.Arbitrary<number | null>) =>
  fc.array(fc.array(of, { minLength: 6, maxLength: 6 }), { minLength: 3, maxLength: 3 });
const ladders = (of: fc.Arbitrary<number | null>) =>
  fc.record({
    baseline: table(of),
    cells: fc.record({ both: table(of), mapping: table(of), attributes: table(of), neither: table(of) }),
    method: table(of),
    ends: fc.constant(constant(10, 6)),
  });

const constant = (value: number, users = 8): Rewards => [0, 1, 2].map(() => Array(users).fill(value));
/** The same mean with users and worlds that differ. */
const around = (value: number, spread: number): Rewards =>
  [0, 1, 2].map((w) => Array.from({ length: 8 }, (_, u) => value + spread * (((u + w) % 2) * 2 - 1)));

const LADDER: LadderRewards = {
  baseline: constant(5),
  cells: { both: constant(9), mapping: constant(7), attributes: constant(8), neither: constant(6.5) },
  ends: constant(10),
};

describe("the parts of a loss", () => {
  it("are the Shapley halves, the remainder and what is missing to 10", () => {
    const { gain, lost, knowing, parts } = lossParts(LADDER, constant(1));
    expect(gain.points).toBeCloseTo(1, 12);
    expect(lost.points).toBeCloseTo(4, 12);
    expect(knowing.points).toBeCloseTo(3, 12);
    // Attributes add 2 beside the mapping and 1.5 without it; the mapping adds 1 and 0.5.
    expect(parts.recognising.points).toBeCloseTo(1.75, 12);
    expect(parts.learning.points).toBeCloseTo(0.75, 12);
    expect(parts.remainder.points).toBeCloseTo(0.5, 12);
    expect(parts.carryingOut.points).toBeCloseTo(1, 12);
    expect(parts.recognising.ofLost?.share).toBeCloseTo(1.75 / 4, 12);
    expect(parts.recognising.ofKnowing?.share).toBeCloseTo(1.75 / 3, 12);
    expect(parts.carryingOut.ofKnowing).toBeNull();
  });

  it("add up, whatever the rewards are and whichever are missing", () => {
    const gaps = fc.option(reward, { freq: 8, nil: null });
    fc.assert(
      fc.property(ladders(gaps), ({ method, ...ladder }) => {
        const { lost, knowing, parts, pairs, missing } = lossParts(ladder, method);
        expect(pairs + missing).toBe(18);
        fc.pre(lost.points !== null);
        const sum = (ids: readonly (typeof PART_IDS)[number][]) =>
          ids.reduce((total, id) => total + parts[id].points!, 0);
        expect(sum(PART_IDS)).toBeCloseTo(lost.points!, 9);
        expect(sum(["recognising", "learning", "remainder"])).toBeCloseTo(knowing.points!, 9);
        if (parts.recognising.ofLost !== null) {
          expect(PART_IDS.reduce((total, id) => total + parts[id].ofLost!.share, 0)).toBeCloseTo(1, 9);
        }
      }),
    );
  });

  it("reach to the end that each reward has: with tenths the avoid side ends at 10.9", () => {
    const { lost, parts } = lossParts({ ...LADDER, ends: constant(10.9) }, constant(1));
    expect(lost.points).toBeCloseTo(4.9, 12);
    expect(parts.carryingOut.points).toBeCloseTo(1.9, 12);
  });

  it("a method that beats the plug-in router has a negative remainder", () => {
    expect(lossParts(LADDER, constant(3)).parts.remainder.points).toBeCloseTo(-1.5, 12);
  });

  it("give no share of a total whose interval holds 0, and shares of one whose interval does not", () => {
    const close = lossParts(LADDER, around(4, 3)); // reaches what knowing both reaches
    expect(close.knowing.ci95![0]).toBeLessThan(0);
    expect(close.knowing.ci95![1]).toBeGreaterThan(0);
    for (const id of PART_IDS) expect(close.parts[id].ofKnowing).toBeNull();
    const far = lossParts(LADDER, around(0, 0.5));
    expect(far.parts.learning.ofKnowing?.share).toBeCloseTo(0.75 / 4, 6);
  });

  it("know nothing without any whole pair", () => {
    const found = lossParts(
      LADDER,
      [[null], [null], [null]].map(() => Array(8).fill(null)),
    );
    expect(found).toMatchObject({ pairs: 0, missing: 24, lost: { points: null, ci95: null } });
    expect(found.parts.recognising).toEqual({
      points: null,
      ci95: null,
      pValue: null,
      ofLost: null,
      ofKnowing: null,
    });
  });
});
