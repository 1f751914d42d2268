import type { Sample } from "../core/run-record.ts";

/** Rewards' differences of one run: method -> world -> user -> difference. */
export type RunDifferences = ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<string, number | null>>>;

/** Collects what a comparison needs from a run's samples, one at a time. */
export function collectDifferences(samples: Iterable<Sample>): RunDifferences {
  const methods = new Map<string, Map<number, Map<string, number | null>>>();
  for (const { method, world, user, difference } of samples) {
    const worlds = methods.get(method) ?? new Map<number, Map<string, number | null>>();
    const users = worlds.get(world) ?? new Map<string, number | null>();
    users.set(user, difference);
    worlds.set(world, users);
    methods.set(method, worlds);
  }
  return methods;
}
