import type { Key } from "../../core/random.ts";
import { rewardBounds } from "../../core/rating-scale.ts";
import type { Interval } from "../../core/run-record.ts";
import { isOracle, isUnderTest } from "../../methods/about.ts";
import { type CrossedCells, infer } from "../../statistics/crossed.ts";
import { meanOfDraw, resampleCrossed } from "../../statistics/crossed-resample.ts";
import { fitLearningCurve, type LearningCurve } from "../../statistics/learning-curve.ts";
import { meanOverWorlds } from "../../statistics/linearised.ts";
import { percentileInterval } from "../../statistics/resample.ts";
import { tableOf, usersOf } from "../compare-runs.ts";
import type { FinishedCell } from "./finished-cell.ts";
import { type UsersNeeded, usersNeeded } from "./users-needed.ts";
import { type CellValues, shownCell } from "./vary.ts";

/** The key whose values are sizes of nested train sets: the first n users of one endless sequence. */
const TRAIN_USERS = "users.train";

export interface MethodCurve {
  readonly id: string;
  readonly name: string;
  /** Values of the other varied keys; empty when there are none. */
  readonly values: CellValues;
  readonly points: readonly {
    readonly users: number;
    readonly gain: number;
    readonly ci95: Interval | null;
  }[];
  /** gain = a - b n^(-c); `null` for a method that gains the same whatever the train users. */
  readonly fit:
    | (LearningCurve & { readonly ci95: Readonly<Record<"a" | "b" | "c", Interval>> | null })
    | null;
  /** The oracle's gain; `null` without one. */
  readonly oracle: number | null;
  /** For half and 80 % of the oracle's gain; empty without a fit or an oracle that gains. */
  readonly needed: readonly UsersNeeded[];
}

/**
 * Gain against train users for every method under test, where a sweep varies `users.train` over three values or more. Test
 * users and worlds are drawn anew together, the same draw for all train sets and the oracle, so that what they share
 * cancels. The train sets stay as they are: what other train users would give is not in the intervals.
 */
export function learningCurves(cells: readonly FinishedCell[], key: Key, resamples: number): MethodCurve[] {
  const groups = Map.groupBy(cells, ({ values }) => shownCell(others(values)));
  return [...groups.values()].flatMap((group) => {
    const sized = group
      .filter(({ values }) => typeof values[TRAIN_USERS] === "number")
      .toSorted((a, b) => sizeOf(a) - sizeOf(b));
    return sized.length < 3 ? [] : curvesOf(sized, key, resamples);
  });
}

/** The most that a reward could be. */
const endOf = ({ results }: FinishedCell): number => rewardBounds(results.config.judge.mapping)[1];

const sizeOf = ({ values }: FinishedCell): number => values[TRAIN_USERS] as number;

function others({ [TRAIN_USERS]: _, ...rest }: CellValues): CellValues {
  return rest;
}

/** @param cells of one group, the smallest train set first */
function curvesOf(cells: readonly FinishedCell[], key: Key, resamples: number): MethodCurve[] {
  const { results, values } = cells[0] as FinishedCell;
  const methods = results.methods.filter(({ name }) => cells.every((cell) => cell.differences.has(name)));
  const tested = methods.filter(isUnderTest);
  const oracle = methods.find(isOracle);
  const tables = [...tested, ...(oracle ? [oracle] : [])].map(({ name }) => tablesOf(cells, name));
  const draws = gainsOfDraws(tables, key, resamples);
  const sizes = cells.map(sizeOf);
  const ceiling = Math.max(...cells.map((cell) => endOf(cell) - (cell.results.baseline.meanReward ?? 0)));
  /** The oracle learns nothing: the last of its train sets tells as much as any. */
  const last = oracle && tables.at(-1)?.at(-1);
  const oracleGain = last ? (meanOverWorlds(last)?.estimate ?? null) : null;

  return tested.flatMap(({ id, name }, m): MethodCurve[] => {
    const found = (tables[m] ?? []).map((table) => infer(meanOverWorlds(table)));
    const gains = known(found.map((own) => own?.estimate ?? null));
    if (gains === null) return [];
    const points = sizes.map((users, i) => ({
      users,
      gain: gains[i] as number,
      ci95: found[i]?.ci95 ?? null,
    }));
    const about = { id, name, values: others(values), points, oracle: oracleGain };
    if (gains.every((gain) => Math.abs(gain - (gains[0] as number)) < SAME)) {
      return [{ ...about, fit: null, needed: [] }];
    }
    const fit = fitLearningCurve(sizes, gains, ceiling);
    const drawn = draws.flatMap((draw) => {
      const own = known(draw[m] as (number | null)[]);
      const best = oracle ? (draw.at(-1)?.at(-1) ?? null) : null;
      return own === null ? [] : [{ curve: fitLearningCurve(sizes, own, ceiling), oracle: best }];
    });
    const bounds = (pick: (curve: LearningCurve) => number) =>
      percentileInterval(drawn.map(({ curve }) => pick(curve)));
    const [a, b, c] = [bounds((f) => f.a), bounds((f) => f.b), bounds((f) => f.c)];
    return [
      {
        ...about,
        fit: { ...fit, ci95: a && b && c && { a, b, c } },
        needed: oracleGain === null ? [] : usersNeeded(fit, oracleGain, drawn, sizes),
      },
    ];
  });
}

/** Gains that differ by less are one: those of a method that does not learn. */
const SAME = 1e-12;

const known = (gains: readonly (number | null)[]): number[] | null =>
  gains.some((gain) => gain === null) ? null : (gains as number[]);

/** A method's gains, a table of users and worlds for each train set, all with the same users and worlds. */
function tablesOf(cells: readonly FinishedCell[], name: string): CrossedCells[] {
  const [first, ...rest] = cells.map(({ differences }) => differences.get(name) ?? new Map());
  const worlds = [...(first as ReadonlyMap<number, unknown>).keys()].filter((seed) =>
    rest.every((own) => own.has(seed)),
  );
  const users = usersOf(first as Parameters<typeof usersOf>[0]);
  return [first, ...rest].map((own) =>
    tableOf(users, worlds, (user, world) => own?.get(world)?.get(user) ?? Number.NaN),
  );
}

/** By draw, then by method (the oracle last, where there is one), then by train set. */
function gainsOfDraws(
  tables: readonly (readonly CrossedCells[])[],
  key: Key,
  resamples: number,
): (number | null)[][][] {
  const draws: (number | null)[][][] = [];
  const shape = tables[0]?.[0];
  if (shape === undefined || shape.users < 2) return draws;
  resampleCrossed(shape, key, resamples, (draw) =>
    draws.push(tables.map((own) => own.map((table) => meanOfDraw(table, draw)))),
  );
  return draws;
}
