import type { ConfigFlags } from "../app/overrides.ts";
import type { ReadConfig } from "../app/resolve.ts";
import type { Config } from "../core/config/resolved.ts";
import type { System } from "../core/ports/system.ts";

/** The configuration of a command: defaults, preset, file and flags. Says what was read. @throws UsageError */
export async function readConfig(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
): Promise<Config> {
  const { completeConfig, layersOf } = await import("../app/resolve.ts");
  const { merged, read } = await layersOf(system, file, flags);
  tellConfig(system, read);
  return completeConfig(system, merged);
}

/** As `readConfig`, or that of a run whose directory is named. @throws UsageError */
export async function readConfigOfRun(
  system: System,
  target: string | undefined,
  given: ConfigFlags,
): Promise<Config> {
  const { configBesideRun } = await import("../app/study/beside-run.ts");
  const { file, flags } = configBesideRun(system, target, given);
  return readConfig(system, file, flags);
}

/** Keys of the preset that are named at most where the file hides them. */
const NAMED = 4;

/** A line on standard error: which file and preset were read, and what of the preset the file hides; what is simulated otherwise. */
export function tellConfig(system: System, { file, preset, hidden, notes }: ReadConfig): void {
  const named = preset === "default" ? [] : [`preset ${preset}`];
  const read = file === null ? (named[0] ?? "the defaults, no file") : [file, ...named].join(" over ");
  const more = hidden.length > NAMED ? ` and ${hidden.length - NAMED} more` : "";
  const keys = `${hidden.slice(0, NAMED).join(", ")}${more}`;
  const note = hidden.length === 0 ? "" : `; the file sets ${keys} otherwise than the preset`;
  system.stderr(`configuration: ${read}${note}\n`);
  if (notes.length > 0) system.stderr(`simulated: ${notes.join("; ")}\n`);
}
