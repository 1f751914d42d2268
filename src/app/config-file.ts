import { basename, dirname, join } from "node:path";
import { parseUserConfig } from "../core/config/load.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { withoutCommands } from "../core/config/serve.ts";
import { parseJson } from "../core/json-file.ts";
import type { System } from "../core/ports/system.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import { importDefault } from "./config-module.ts";
import { withObjectsNamed } from "./config-objects.ts";

/** Looked for, in this order, when no configuration is named. */
const CONVENTIONAL = ["apm.config.ts", "apm.config.js", "apm.config.json"];

/**
 * Reads a configuration: the named file, else a conventional one in the current folder, else nothing (the embedded
 * default). A `.ts` or `.js` file is imported, `.json` is parsed.
 * @throws UsageError with the file and the wrong keys
 */
export async function readConfigFile(
  system: System,
  named: string | undefined,
): Promise<{ config: UserConfig; path: string | undefined }> {
  const path = named ?? CONVENTIONAL.find((name) => system.exists(name));
  if (path === undefined) return { config: {}, path };
  const value = path.endsWith(".json")
    ? parseJson(system, path)
    : withObjectsNamed(await importDefault(system, path), path);
  const config = parseUserConfig(value, path);
  if (!isRecord(system, path)) return { config, path };
  const own = withoutCommands(config);
  if (JSON.stringify(own) !== JSON.stringify(config)) {
    system.stderr(`${path} is the record of a run: its commands (serve) are not executed\n`);
  }
  return { config: own, path };
}

/** Whether a file is the record of a run, which may come from anybody: no command of it is ever executed. */
function isRecord(system: System, path: string): boolean {
  if (basename(path) !== RUN_FILES.config) return false;
  return [RUN_FILES.store, RUN_FILES.results, RUN_FILES.progress, RUN_FILES.run, RUN_FILES.cell].some(
    (name) => system.exists(join(dirname(path), name)),
  );
}
