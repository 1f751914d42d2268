import type { Interval, MethodResult, Results } from "../core/run-record.ts";
import { isCompared, isUnderTest } from "../methods/about.ts";
import { holm } from "../statistics/correction.ts";
import { type CrossedCells, type Inference, infer } from "../statistics/crossed.ts";
import { differenceOfIndependent, type IndependentDifference } from "../statistics/independent.ts";
import { meanOverWorlds } from "../statistics/linearised.ts";
import type { RunDifferences } from "../statistics/run-differences.ts";
import { haveSameUsers } from "./same-users.ts";

/** How one method's Δ differs between two runs. */
export interface MethodChange {
  readonly name: string;
  readonly deltaA: number | null;
  readonly deltaB: number | null;
  /**
   * Δ of B minus Δ of A; when the comparison is paired, the mean over worlds of the change on the pairs that both runs
   * have, to which interval and test belong, too.
   */
  readonly change: number | null;
  /** 95 %, unadjusted; interval and p-value are one t. */
  readonly changeCi95: Interval | null;
  readonly standardError: number | null;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number | null;
  /** Holm over the methods under test; `null` for oracle and floors, which stand outside the family. */
  readonly pValueAdjusted: number | null;
  /** `paired`: same users and worlds in both runs; `unpaired`: the two runs' errors add up. */
  readonly kind: "paired" | "unpaired";
  /** Pairs of (user, world) that both runs have. */
  readonly pairs: number;
}

/** The methods that two runs share, and those that one of them has alone. */
export interface RunComparison {
  readonly changes: readonly MethodChange[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

/** A run as comparisons need it: its record, and the difference of every sample. */
export interface ComparableRun {
  readonly results: Results;
  readonly differences: RunDifferences;
}

/**
 * Which methods changed from run A to run B, by the crossed t of a run. Where the runs share users and worlds the change
 * is paired: each pair's gain in B minus its gain in A. Otherwise the runs are independent of each other.
 */
export function compareRuns(a: ComparableRun, b: ComparableRun): RunComparison {
  const methodsOf = ({ methods }: Results) => methods.filter(isCompared);
  const inB = new Map(methodsOf(b.results).map((m) => [m.name, m]));
  const inA = new Set(methodsOf(a.results).map((m) => m.name));
  const isPaired = haveSameUsers(a.results.config, b.results.config);
  const both = methodsOf(a.results).flatMap((method) => {
    const other = inB.get(method.name);
    return other === undefined ? [] : [{ method, other }];
  });
  const changes = both.map(({ method, other }): Omit<MethodChange, "pValueAdjusted"> => {
    const { name } = method;
    const [cellsA, cellsB] = [a.differences.get(name), b.differences.get(name)];
    const shared = isPaired ? changeOnShared(cellsA, cellsB) : null;
    const found = shared
      ? infer(meanOverWorlds(shared))
      : unpaired(infer(ownMean(cellsA)), infer(ownMean(cellsB)));
    return {
      name,
      deltaA: method.summary.delta,
      deltaB: other.summary.delta,
      change: found?.estimate ?? (shared ? null : plainChange(method, other)),
      changeCi95: found?.ci95 ?? null,
      standardError: found?.standardError ?? null,
      degreesOfFreedom: found?.degreesOfFreedom ?? null,
      pValue: found?.pValue ?? null,
      kind: shared ? "paired" : "unpaired",
      pairs: shared ? shared.values.reduce((n, d) => n + (Number.isNaN(d) ? 0 : 1), 0) : 0,
    };
  });
  const adjusted = holm(changes.map(({ pValue }, i) => (isUnderTest(both[i]!.method) ? pValue : null)));
  return {
    changes: changes.map((c, i) => ({ ...c, pValueAdjusted: adjusted[i] ?? null })),
    onlyA: [...inA].filter((name) => !inB.has(name)),
    onlyB: [...inB.keys()].filter((name) => !inA.has(name)),
  };
}

type Worlds = ReadonlyMap<number, ReadonlyMap<string, number | null>>;

/** Users x worlds that both runs have: the gain in B minus the gain in A; `null` with fewer than two users in common. */
function changeOnShared(a: Worlds | undefined, b: Worlds | undefined): CrossedCells | null {
  if (a === undefined || b === undefined) return null;
  const worlds = [...a.keys()].filter((seed) => b.has(seed));
  const users = usersOf(a).filter((user) => worlds.some((w) => b.get(w)?.has(user)));
  if (worlds.length === 0 || users.length < 2) return null;
  return tableOf(users, worlds, (user, world) => {
    const [before, after] = [a.get(world)?.get(user), b.get(world)?.get(user)];
    return before == null || after == null ? Number.NaN : after - before;
  });
}

/** Δ of a run from its samples. */
function ownMean(cells: Worlds | undefined) {
  if (cells === undefined) return null;
  const value = (user: string, world: number): number => cells.get(world)?.get(user) ?? Number.NaN;
  return meanOverWorlds(tableOf(usersOf(cells), [...cells.keys()], value));
}

export const usersOf = (worlds: Worlds): string[] => [
  ...new Set([...worlds.values()].flatMap((users) => [...users.keys()])),
];

export function tableOf(
  users: readonly string[],
  worlds: readonly number[],
  value: (user: string, world: number) => number,
): CrossedCells {
  const values = Float64Array.from(users.flatMap((user) => worlds.map((world) => value(user, world))));
  return { users: users.length, worlds: worlds.length, values };
}

function unpaired(a: Inference | null, b: Inference | null): IndependentDifference | null {
  return a && b && differenceOfIndependent(a, b);
}

/** With too few users for an error there is a change all the same. */
function plainChange({ summary: a }: MethodResult, { summary: b }: MethodResult): number | null {
  return a.delta === null || b.delta === null ? null : b.delta - a.delta;
}
