import type { UserConfig } from "../../src/core/config/schema.ts";
import type { Sample } from "../../src/core/run-record.ts";
import { runBenchmark } from "../../src/pipeline/run.ts";
import type { AnsweredUsers } from "../../src/pipeline/users.ts";
import { collectDifferences } from "../../src/statistics/run-differences.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { analyseExplained, type Explanation } from "../../src/studies/explain/analyse.ts";
import { askCells, chooseCells, explainedUsers } from "../../src/studies/explain/collect.ts";
import { type SimRunOptions, simSetup } from "./sim-run.ts";

/**
 * A run on the simulated model, explained.
 * @param change what is done to the users before recogniser and router see them
 */
export async function explainedRun(
  settings: UserConfig,
  options: SimRunOptions = {},
  change: (users: AnsweredUsers) => AnsweredUsers = (users) => users,
): Promise<Explanation> {
  const samples: Sample[] = [];
  const store = options.store ?? memoryStore();
  const run = simSetup(settings, { ...options, store }, { user: () => {}, sample: (s) => samples.push(s) });
  const outcome = await runBenchmark(run);
  const users = change(await explainedUsers(run));
  const explained = await askCells(run, users, chooseCells(run, users));
  return analyseExplained(explained, outcome, collectDifferences(samples));
}

/** Every user with another history, made from the user's profile or taken from others of the same split. */
export function withHistories(
  history: (
    user: AnsweredUsers["train"][number],
    index: number,
    all: AnsweredUsers["train"],
  ) => readonly string[],
): (users: AnsweredUsers) => AnsweredUsers {
  const changed = <T extends AnsweredUsers["train"][number]>(list: readonly T[]): T[] =>
    list.map((user, i) => ({ ...user, text: { ...user.text, history: history(user, i, list) } }));
  return (users) => ({
    train: changed(users.train),
    validation: changed(users.validation),
    test: changed(users.test),
  });
}
