import { dirname, join, resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";

/**
 * Which run files are for: the one that is named, the directory before the files, or the one that the first file lies in.
 * @throws UsageError when there is none
 */
export function importOrder(
  system: Pick<System, "cwd" | "exists">,
  given: readonly string[],
  named: string | undefined,
): { readonly run: string; readonly files: readonly string[] } {
  const isRun = (dir: string): boolean => system.exists(join(dir, RUN_FILES.config));
  const [first = "", ...others] = given;
  if (named !== undefined) return { run: named, files: given };
  if (isRun(first)) {
    if (others.length > 0) return { run: first, files: others };
    throw new UsageError("no file is named", {
      where: first,
      remedy: "name the files that the batch has written",
    });
  }
  let dir = dirname(resolve(system.cwd, first));
  while (!isRun(dir) && dirname(dir) !== dir) dir = dirname(dir);
  if (isRun(dir)) return { run: dir, files: given };
  throw new UsageError("it is not said which run the answers are for", {
    where: first,
    remedy: "name the run's directory before the files: apm-bench calls import runs/x FILE",
  });
}
