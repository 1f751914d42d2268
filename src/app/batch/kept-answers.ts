import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { System } from "../../core/ports/system.ts";
import { type FileDesk, fileDesk, KEPT_ANSWERS } from "../../providers/files/desk.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";

/**
 * For a run whose calls came as files: what a server has refused for good is not asked again, but refused as it was.
 * @returns undefined where nothing of the kind is stored
 */
export function keptAnswersIn(system: Pick<System, "cwd" | "exists">, dir: string): FileDesk | undefined {
  const file = join(dir, RUN_FILES.store);
  if (!system.exists(file)) return undefined;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(resolve(system.cwd, file), { readOnly: true });
    const found = db.prepare("SELECT 1 FROM artifacts WHERE kind = ? LIMIT 1").get(KEPT_ANSWERS);
    return found === undefined ? undefined : fileDesk({});
  } catch {
    return undefined; // whoever opens the store says what is wrong with it
  } finally {
    db?.close();
  }
}
