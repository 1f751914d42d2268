import { join } from "node:path";
import { MANIFEST } from "../../bundle/manifest.ts";
import { checkTables } from "../../bundle/open.ts";
import { bundleUsers } from "../../bundle/read-users.ts";
import { taskLine, tasksHead } from "../../bundle/tasks.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { simulatedRoles } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { rewardsIn } from "../../pipeline/world-view.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import type { World } from "../../world/mapping.ts";
import { findBundle } from "./find.ts";
import { openFinishedRun } from "./finished-run.ts";

/** A file of tasks that was written. */
export interface WrittenTasks {
  readonly out: string;
  readonly simulated: readonly string[];
  readonly users: { train: number; validation: number; test: number };
  readonly worlds: number;
}

/**
 * Writes what a method may see: train and validation users with the rewards of their candidates in each world, test users with
 * history and prompt alone.
 * @param source a finished run's directory, a frozen set's folder, or hf:OWNER/NAME
 * @throws UsageError when it is neither
 */
export async function writeTasks(
  system: System,
  source: string,
  out: string,
  watcher: Watcher,
): Promise<WrittenTasks> {
  const isRun = system.exists(join(source, RUN_FILES.results)) && !system.exists(join(source, MANIFEST));
  return isRun ? tasksOfRun(system, source, out, watcher) : tasksOfBundle(system, source, out);
}

async function tasksOfRun(system: System, dir: string, out: string, watcher: Watcher): Promise<WrittenTasks> {
  const results = readResults(system, dir);
  const { config, worlds } = results;
  if (config.bundle !== undefined) {
    throw new UsageError("this run stands on a frozen set, which has the tasks", {
      where: dir,
      remedy: "give the set itself",
    });
  }
  const finished = await openFinishedRun(system, dir, watcher);
  const simulated = simulatedRoles(results);
  const name = `${config.pool.name ?? "own pool"}, seed ${config.seed}`;
  const written = tasksFile(system, out, {
    ...{ name, simulated, worlds: worlds.length, principles: config.pool.principles },
  });
  try {
    await finished.eachUser((user) =>
      written.user(user, rewardsOf(user, worlds as readonly World[], config.targets)),
    );
    return written.close();
  } catch (error) {
    written.discard();
    throw error;
  } finally {
    finished.close();
  }
}

async function tasksOfBundle(system: System, source: string, out: string): Promise<WrittenTasks> {
  const bundle = await findBundle(system, source);
  checkTables(system, bundle);
  const { name, simulated, config, worlds, hidden } = bundle.manifest;
  const count = worlds?.length ?? hidden?.commitments.length ?? 0;
  const { principles } = config.pool;
  const written = tasksFile(system, out, { name, bundle: bundle.id, simulated, worlds: count, principles });
  try {
    for await (const user of bundleUsers(system, bundle)) {
      const { id, split, history, prompt, candidates, ratings, attributes } = user;
      const text = { id, history, prompt };
      const profile = { id, split, attributes: attributes ?? [] };
      const prepared: PreparedUser = { profile, text, candidates, ratings, columns: [] };
      written.user(prepared, worlds ? rewardsOf(prepared, worlds, config.targets) : user.rewards);
    }
    return written.close();
  } catch (error) {
    written.discard();
    throw error;
  }
}

function rewardsOf(
  user: PreparedUser,
  worlds: readonly World[],
  targets: number,
): readonly (readonly (number | null)[])[] {
  return user.profile.split === "test" ? [] : worlds.map((world) => rewardsIn(user, world, targets));
}

function tasksFile(system: System, out: string, head: Parameters<typeof tasksHead>[0]) {
  const lines = system.openLines(out);
  lines.write(tasksHead(head));
  const users = { train: 0, validation: 0, test: 0 };
  return {
    user({ profile: { split }, text, candidates }: PreparedUser, rewards: Parameters<typeof taskLine>[3]) {
      users[split]++;
      lines.write(taskLine(split, text, candidates, rewards));
    },
    close(): WrittenTasks {
      lines.close();
      return { out, simulated: head.simulated, users, worlds: head.worlds };
    },
    discard: () => lines.discard(),
  };
}
