import type { Results } from "../core/run-record.ts";
import {
  minimalDetectableEffect,
  type PowerOptions,
  usersNeeded,
  worldsNeeded,
} from "../statistics/power.ts";
import type { VarianceComponents } from "../statistics/variance-components.ts";
import { LEVEL } from "../statistics/verdict.ts";
import { detectableEffect } from "./detectable.ts";
import { fixed, interval, whole } from "./format.ts";
import { familySize } from "./headline.ts";
import type { Column, Table } from "./table.ts";

/** What one method's variances in a finished run say of a larger study. */
export interface MethodPower {
  readonly id: string;
  readonly name: string;
  readonly variance: VarianceComponents;
  /** The effects of the plan, each with what it needs. */
  readonly needs: readonly {
    readonly effect: number;
    readonly worlds: number;
    /** `null` where no number of users suffices, or one world cannot tell. */
    readonly users: number | null;
    /** What eight of ten pilots of the same size would ask for; `null` for an end without a number. */
    readonly usersRange?: readonly [number | null, number | null];
  }[];
}

/** Methods of a run record that hold variances; an older record has none. */
export function methodsWithVariance(results: Results) {
  return results.methods.flatMap(({ id, name, summary }) =>
    summary.variance ? [{ id, name, variance: summary.variance }] : [],
  );
}

/** Why a number may be missing. */
function count(needed: number | null, worlds: number, { variance }: Pick<MethodPower, "variance">): string {
  if (needed !== null) return whole(needed);
  return worlds > 1 && variance.worlds === null ? "not known" : "no number";
}

/** Users needed for each effect in each number of worlds, by method. */
export function planStudy(
  results: Results,
  effects: readonly number[],
  worlds: readonly number[],
  options: PowerOptions = {},
): MethodPower[] {
  return methodsWithVariance(results).map((method) => ({
    ...method,
    needs: effects.flatMap((effect) =>
      worlds.map((w) => ({ effect, worlds: w, users: usersNeeded(method.variance, effect, w, options) })),
    ),
  }));
}

/** "138 [90, 210]"; an end without a number is open. */
function planned({ users, worlds, usersRange }: MethodPower["needs"][number], method: MethodPower): string {
  const text = count(users, worlds, method);
  if (usersRange === undefined || usersRange[0] === null) return text;
  return `${text} ${interval(usersRange, (end) => whole(end ?? 0))}`;
}

/** One row a method, one column a number of worlds: the users that find one effect. */
export function planTable(plan: readonly MethodPower[]): Table {
  const columns = plan[0]?.needs.map(({ worlds }) => worlds) ?? [];
  return {
    id: "power",
    caption:
      "Test users needed, by the number of worlds; in brackets what eight of ten such pilots would say",
    columns: [
      { title: "method", align: "left" },
      ...columns.map((w): Column => ({ title: w === 1 ? "1 world" : `${w} worlds`, align: "right" })),
    ],
    rows: plan.map((m) => [m.name, ...m.needs.map((need) => planned(need, m))]),
    data: plan.flatMap(({ id, name, needs }) =>
      needs.map(({ usersRange, ...need }) => ({
        id,
        name,
        ...need,
        usersLow: usersRange?.[0] ?? null,
        usersHigh: usersRange?.[1] ?? null,
      })),
    ),
  };
}

/** Effects, in points of reward, that the report plans for. */
const EFFECTS = [0.5, 0.25, 0.1];

/** What this run could see, and what it would take to see less. */
export function powerTable(results: Results): Table {
  const size = { users: results.users.test, worlds: results.worlds.length };
  const family = Math.max(1, familySize(results));
  const rows = planStudy(results, EFFECTS, [size.worlds]).map((method) => ({
    ...method,
    smallest: minimalDetectableEffect(method.variance, size),
    atWorst: minimalDetectableEffect(method.variance, size, { alpha: LEVEL / family }),
    worldsForMiddle: worldsNeeded(method.variance, EFFECTS[1] as number, size.users),
  }));
  const deviation = (variance: number | null): number | null => variance && Math.sqrt(variance);
  const worlds = size.worlds === 1 ? "1 world" : `${size.worlds} worlds`;
  return {
    id: "power",
    caption: `Minimum detectable effect (MDE) at 80 % power of ${whole(size.users)} users in ${worlds}, by one unadjusted test at the 5 % level and at Holm's first step for ${family === 1 ? "1 method" : `${family} methods`}; test users that ${worlds} need for a gain Δ, and worlds that ${whole(size.users)} users need for it, by one unadjusted test`,
    columns: [
      { title: "method", align: "left" },
      { title: "SD users", align: "right" },
      { title: "SD worlds", align: "right" },
      { title: "SD rest", align: "right" },
      { title: "MDE", align: "right" },
      { title: "MDE, Holm", align: "right" },
      ...EFFECTS.map((effect): Column => ({ title: `users, Δ ${effect}`, align: "right" })),
      { title: `worlds, Δ ${EFFECTS[1]}`, align: "right" },
    ],
    rows: rows.map((m) => [
      m.name,
      fixed(deviation(m.variance.users)),
      fixed(deviation(m.variance.worlds)),
      fixed(deviation(m.variance.residual)),
      detectableEffect(m.smallest),
      detectableEffect(m.atWorst),
      ...m.needs.map(({ users, worlds }) => count(users, worlds, m)),
      count(m.worldsForMiddle, 2, m),
    ]),
    data: rows.map(({ id, name, variance, smallest, atWorst, needs, worldsForMiddle }) => ({
      id,
      name,
      varianceUsers: variance.users,
      varianceWorlds: variance.worlds,
      varianceResidual: variance.residual,
      minimalDetectableEffect: smallest,
      minimalDetectableEffectAdjusted: atWorst,
      ...Object.fromEntries(needs.map(({ effect, users }) => [`usersFor${effect}`, users])),
      [`worldsFor${EFFECTS[1]}`]: worldsForMiddle,
    })),
  };
}
