import type { ConfigFlags } from "../app/overrides.ts";
import type { Config } from "../core/config/resolved.ts";
import type { System } from "../core/ports/system.ts";

/** The configuration of a command: defaults, preset, file and flags. @throws UsageError */
export async function readConfig(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
): Promise<Config> {
  const { resolveFlags } = await import("../app/resolve.ts");
  return resolveFlags(system, file, flags);
}

/** As `readConfig`, or that of a run whose directory is named. @throws UsageError */
export async function readConfigOfRun(
  system: System,
  target: string | undefined,
  flags: ConfigFlags,
): Promise<Config> {
  const { configOfRun } = await import("../app/study/beside-run.ts");
  return configOfRun(system, target, flags);
}
