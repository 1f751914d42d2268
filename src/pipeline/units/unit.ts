import type { Split } from "../../core/artifacts.ts";
import type { RunSetup } from "../run-setup.ts";
import { neededUsers } from "../users.ts";

/**
 * A piece of a run's calls that any process can make, again if it was lost. Ranges are half open.
 * - `users`: rewrites, candidates and ratings of the users at these places of a split's endless sequence, and for test
 *   users the plain answer. No world is needed.
 * - `answers`: a method, fitted in one world, answers the test users at these places of the run's list, and is judged. An
 *   empty range fits it and no more. All that `users` gives must be in the store.
 */
export type WorkUnit =
  | { readonly kind: "users"; readonly split: Split; readonly from: number; readonly to: number }
  | {
      readonly kind: "answers";
      /** Its seed. */
      readonly world: number;
      readonly method: string;
      readonly from: number;
      readonly to: number;
    };

/** What doing a unit has found. */
export interface UnitOutcome {
  /** Users of it whose rewrites failed: as many more of the sequence are needed. */
  readonly failed: number;
}

/** A unit in a few words: `train users 0-49`, `routing in world 7, test users 0-24`. */
export function unitName(unit: WorkUnit): string {
  const range = `users ${unit.from}-${unit.to - 1}`;
  if (unit.kind === "users") return `${unit.split} ${range}`;
  return `${unit.method} in world ${unit.world}, ${unit.from === unit.to ? "fitted" : `test ${range}`}`;
}

/** `from` to `to` in ranges of at most `size`. */
export function ranges(from: number, to: number, size: number): { from: number; to: number }[] {
  const count = Math.max(0, Math.ceil((to - from) / size));
  return Array.from({ length: count }, (_, i) => ({
    from: from + i * size,
    to: Math.min(from + (i + 1) * size, to),
  }));
}

/** How many places of each split a run needs when no user fails. */
export function neededPlaces(run: RunSetup): Record<Split, number> {
  const { users } = run.config;
  const { learners } = neededUsers(run.methods);
  const isMade = learners && run.frozen === undefined;
  return {
    train: isMade ? users.train : 0,
    validation: isMade ? users.validation : 0,
    test: run.imported?.length ?? users.test,
  };
}

/** Stands for the base LLM's plain answers, with which every method is compared, where a unit names a method. */
export const PLAIN_ANSWERS = "plain answers";

/** What units of answers name: the plain answers, and every method that is no baseline. */
export function answeringMethods({ methods }: Pick<RunSetup, "methods">): readonly string[] {
  return [PLAIN_ANSWERS, ...methods.filter(({ role }) => role !== "baseline").map(({ name }) => name)];
}
