import type { Split } from "../../core/artifacts.ts";
import type { RunSetup } from "../run-setup.ts";
import { neededUsers } from "../users.ts";
import { answeringMethods, neededPlaces, ranges, type WorkUnit } from "./unit.ts";

/** Calls of one unit of users, about: enough that handing it out costs little, few enough that losing it does, too. */
const CALLS_PER_UNIT = 500;
/** The last of them are half as large: whoever is done early does not wait long for the others. */
const LAST_SHARE = 0.25;
/** Into how many ranges test users are parted at least, where there are as many: so many units can be done at once. */
const TEST_PARTS = 32;
const [LEAST_TEST_USERS, MOST_TEST_USERS] = [8, 200];

/** A unit, and what it must not be done together with: units of one group ask for some of the same calls. */
export interface PlannedUnit {
  readonly unit: WorkUnit;
  readonly group?: string;
}

/** Units that need nothing of each other; the next phase needs all of them. */
export interface Phase {
  readonly name: string;
  readonly units: readonly PlannedUnit[];
}

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/**
 * The users of a run.
 * @param failed of each split, how many users at its places so far have failed: as many more places are needed. Those
 *   that were planned for fewer come first and are the same.
 */
export function userPhase(run: RunSetup, failed: Readonly<Record<Split, number>>): Phase {
  const places = neededPlaces(run);
  const units = SPLITS.flatMap((split) => {
    const size = usersPerUnit(run, split);
    const last = places[split] - Math.ceil(LAST_SHARE * places[split]);
    const extra = ranges(places[split], places[split] + failed[split], 1);
    const usual = [...ranges(0, last, size), ...ranges(last, places[split], Math.ceil(size / 2))];
    return [...usual, ...extra].map((range) => ({
      unit: { kind: "users" as const, split, ...range },
    }));
  });
  return { name: "users", units };
}

/**
 * What comes after the users: every method is fitted, first in one world (what it asks there may be what it asks in all),
 * then in the others; then test users are answered.
 */
export function answerPhases(run: RunSetup): Phase[] {
  const [first, ...others] = run.config.worlds;
  if (first === undefined) return [];
  const learning = run.methods.filter(({ learns }) => learns).map(({ name }) => name);
  const fitting = (world: number, method: string): WorkUnit => ({
    ...{ kind: "answers", world, method, from: 0, to: 0 },
  });
  const { test } = neededPlaces(run);
  const size = Math.max(LEAST_TEST_USERS, Math.min(MOST_TEST_USERS, Math.ceil(test / TEST_PARTS)));
  const answers = run.config.worlds.flatMap((world) =>
    answeringMethods(run).flatMap((method) =>
      ranges(0, test, size).map((range) => ({
        unit: { kind: "answers" as const, world, method, ...range },
        group: `test users from ${range.from}`,
      })),
    ),
  );
  const phases = [
    {
      name: "methods in the first world",
      units: learning.map((method) => ({ unit: fitting(first, method), group: "fit" })),
    },
    {
      name: "methods in the other worlds",
      units: others.flatMap((world) => learning.map((method) => ({ unit: fitting(world, method) }))),
    },
    { name: "answers", units: answers },
  ];
  return phases.filter(({ units }) => units.length > 0);
}

function usersPerUnit(run: RunSetup, split: Split): number {
  const { config } = run;
  const k = config.pool.principles.length;
  const isRated = split !== "test" || neededUsers(run.methods).ratedTest;
  const rewrites = config.historyLength + 1;
  const rated = config.judge.ratings === "all" ? k : Math.min(k, config.targets);
  const calls = rewrites + (isRated ? 2 * k * (1 + rated) : 1);
  return Math.max(1, Math.round(CALLS_PER_UNIT / calls));
}
