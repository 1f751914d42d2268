import { parseUserConfig } from "../core/config/load.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { parseJson } from "../core/json-file.ts";
import type { System } from "../core/ports/system.ts";
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
  return { config: parseUserConfig(value, path), path };
}
