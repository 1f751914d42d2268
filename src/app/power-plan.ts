import type { Config } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { fold, rootKey } from "../core/random.ts";
import { type Simulated, simulatedInAny } from "../core/simulated.ts";
import { roleOf } from "../methods/about.ts";
import { type MethodPower, methodsWithVariance, planStudy } from "../report/power-table.ts";
import { readResults } from "../run-folder/run-directory.ts";
import { usersNeededRange } from "../statistics/plan-range.ts";
import { minimalDetectableEffect } from "../statistics/power.ts";
import { LEVEL } from "../statistics/verdict.ts";

/** How many users and worlds a wanted effect needs, from a pilot run. */
export interface PowerPlan extends Simulated {
  readonly pilot: string;
  readonly effect: number;
  readonly power: number;
  readonly planned: { readonly users: number; readonly worlds: number };
  /** How many methods under test Holm would correct for. */
  readonly family: number;
  readonly methods: readonly (MethodPower & {
    /** Minimum detectable effect of the planned size by one unadjusted test; `null` where the pilot cannot tell. */
    readonly smallestWithPlan: number | null;
    /** The same at Holm's first step for the methods under test that are planned. */
    readonly smallestWithPlanAdjusted: number | null;
  })[];
}

const WORLDS = [2, 5, 10, 20, 50];

/**
 * Plans from the variances of a finished run, for the worlds of the configuration and some more.
 * @throws UsageError when the record holds no variances
 */
export function planFromPilot(
  system: System,
  config: Config,
  pilot: string,
  { effect, power }: { effect: number; power: number },
): PowerPlan {
  const results = readResults(system, pilot);
  const known = methodsWithVariance(results);
  if (known.length === 0) {
    throw new UsageError("this run holds no variances to plan from", {
      where: pilot,
      remedy: "run it again with this version (stored calls are not repeated) with at least two test users",
    });
  }
  const planned = { users: config.users.test, worlds: config.worlds.length };
  const family = Math.max(1, config.methods.filter((m) => roleOf(m) === "method").length);
  const size = { users: results.users.test, worlds: results.worlds.length };
  const worlds = known.every((m) => m.variance.worlds === null)
    ? [1]
    : [...new Set([...WORLDS, planned.worlds])].toSorted((a, b) => a - b);
  return {
    pilot,
    ...simulatedInAny([results]),
    effect,
    power,
    planned,
    family,
    methods: planStudy(results, [effect], worlds, { power }).map((method) => ({
      ...method,
      needs: method.needs.map((need) => {
        const key = fold(fold(rootKey("power-plan"), method.name), need.worlds);
        const range = usersNeededRange(method.variance, size, effect, need.worlds, key, { power });
        return { ...need, usersRange: range };
      }),
      smallestWithPlan: minimalDetectableEffect(method.variance, planned, { power }),
      smallestWithPlanAdjusted: minimalDetectableEffect(method.variance, planned, {
        power,
        alpha: LEVEL / family,
      }),
    })),
  };
}
