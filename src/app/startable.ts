import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { commandWords, type ServeCommand } from "../core/config/serve.ts";
import { UsageError } from "../core/errors.ts";
import { wordsOf } from "../serving/command.ts";

/** Where programs are looked for. */
export interface Paths {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Says of a server that the run starts itself that its program is there; it is not started.
 * @throws UsageError when there is no such program
 */
export async function startable(command: ServeCommand, { cwd, env }: Paths): Promise<string> {
  const [program] = wordsOf(command.command, "serve");
  const folders = (command.env.PATH ?? env.PATH ?? "").split(delimiter);
  const places = program.includes("/")
    ? [resolve(cwd, program)]
    : folders.map((folder) => join(folder, program));
  const found = places.find(isExecutable);
  if (found === undefined) {
    throw new UsageError(`there is no program "${program}"`, {
      where: `serve: ${commandWords(command)}`,
      remedy: "install it, write its whole path, or correct PATH",
    });
  }
  return `is started when it is needed: ${commandWords(command)} (${found} is there; it was not started)`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
