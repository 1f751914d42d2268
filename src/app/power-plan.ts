import type { Config } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { type MethodPower, methodsWithVariance, planStudy } from "../report/power-table.ts";
import { readResults } from "../run-folder/run-directory.ts";
import { minimalDetectableEffect } from "../statistics/power.ts";

/** How many users and worlds a wanted effect needs, from a pilot run. */
export interface PowerPlan {
  readonly pilot: string;
  readonly simulated: boolean;
  readonly effect: number;
  readonly power: number;
  readonly planned: { readonly users: number; readonly worlds: number };
  readonly methods: readonly (MethodPower & {
    /** Smallest effect that the planned size finds; `null` where the pilot cannot tell. */
    readonly smallestWithPlan: number | null;
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
  const worlds = known.every((m) => m.variance.worlds === null)
    ? [1]
    : [...new Set([...WORLDS, planned.worlds])].toSorted((a, b) => a - b);
  return {
    pilot,
    simulated: results.simulated,
    effect,
    power,
    planned,
    methods: planStudy(results, [effect], worlds, { power }).map((method) => ({
      ...method,
      smallestWithPlan: minimalDetectableEffect(method.variance, planned, { power }),
    })),
  };
}
