import type { Command, Option } from "commander";
import type { System } from "../../core/ports/system.ts";
import type { CommandEntry } from "../command-entry.ts";

/** A flag as a shell completes it. */
export interface FlagWords {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  /** Whether a value follows; `values` are the only ones, where there are such. */
  readonly takesValue: boolean;
  readonly values: readonly string[];
}

/** A command, or a subcommand such as `judges run`, as a shell completes it. */
export interface CommandWords {
  /** Words behind the program's name. */
  readonly path: readonly string[];
  readonly description: string;
  readonly flags: readonly FlagWords[];
  readonly subcommands: readonly CommandWords[];
}

/** All commands with their flags, from the very table that the command line is made of. */
export async function commandWords(
  system: System,
  commands: readonly CommandEntry[],
): Promise<CommandWords[]> {
  const words: CommandWords[] = [];
  for (const { name, summary, load } of commands) {
    const command = (await load())(system, () => {}, commands);
    words.push(wordsOf(command.description(summary), [name]));
  }
  return words;
}

const HELP: FlagWords = {
  name: "--help",
  description: "display help for command",
  takesValue: false,
  values: [],
};

function wordsOf(command: Command, path: readonly string[]): CommandWords {
  return {
    path,
    description: command.description(),
    flags: [...command.options.map(flagOf), HELP],
    subcommands: command.commands.map((inner) => wordsOf(inner, [...path, inner.name()])),
  };
}

function flagOf({ long, short, description, required, optional, argChoices = [] }: Option): FlagWords {
  return { name: long ?? short ?? "", description, takesValue: required || optional, values: argChoices };
}

/** Every command and subcommand, one after the other. */
export function flattened(commands: readonly CommandWords[]): CommandWords[] {
  return commands.flatMap((command) => [command, ...flattened(command.subcommands)]);
}

/** The head of a description, for a list in a narrow place. */
export function brief(text: string): string {
  const [head = ""] = text.replace(/\s+/g, " ").split(/[;:](?= )|\. /);
  return head.trim();
}
