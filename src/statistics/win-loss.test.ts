import { expect, test } from "vitest";
import reference from "../../test/reference/crossed_t.json" with { type: "json" };
import { winLossInterval } from "./win-loss.ts";

const inWorlds = (worlds: number, ...values: number[]) => ({
  users: values.length / worlds,
  worlds,
  values: Float64Array.from(values),
});

test("is the exponential of the interval of the logarithm (NumPy, SciPy)", () => {
  const { users, worlds, values, logWinLoss } = reference.tables["three worlds"];
  const found = winLossInterval({
    users,
    worlds,
    values: Float64Array.from(values, (x) => x ?? Number.NaN),
  })!;
  expect(found).toEqual(logWinLoss.ci95.map((bound) => expect.closeTo(Math.exp(bound), 9)));
});

test("without losses or without wins: the one bound of SciPy's Clopper-Pearson interval, by users", () => {
  for (const [users, low, high] of reference.clopperPearson as [number, number, number][]) {
    const same = (d: number) => inWorlds(2, ...Array.from({ length: users }, () => [d, 0]).flat());
    expect(winLossInterval(same(1))).toEqual([expect.closeTo(low, 9), null]);
    expect(winLossInterval(same(-1))).toEqual([null, expect.closeTo(high, 9)]);
  }
});

test("worlds of one user are not counted as users", () => {
  expect(winLossInterval(inWorlds(3, 1, 1, 1, 2, 2, 2))).toEqual(winLossInterval(inWorlds(1, 1, 1)));
});

test("nothing decided has no interval, nor has one user with wins and losses", () => {
  expect(winLossInterval(inWorlds(1, 0, 0, Number.NaN))).toBeNull();
  expect(winLossInterval(inWorlds(3, 1, 1, -1))).toBeNull();
});
