import type { Command } from "commander";
import type { ExitCode } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";

/**
 * Builds a command with its flags; `stopWith` sets another exit code than 0 for a command that did its work. `all`: every
 * command there is.
 */
export type MakeCommand = (
  system: System,
  stopWith: (code: ExitCode) => void,
  all: readonly CommandEntry[],
) => Command;

export interface CommandEntry {
  readonly name: string;
  /** In the overview and at the head of the command's own help. */
  readonly summary: string;
  /** A command is loaded when it is asked for. */
  load(): Promise<MakeCommand>;
}
