import { UsageError } from "./errors.ts";
import type { System } from "./ports/system.ts";

/**
 * Parses a JSON file.
 * @throws UsageError with the file and the parser's place
 */
export function parseJson(system: Pick<System, "readFile">, path: string): unknown {
  const text = new TextDecoder().decode(system.readFile(path));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`this is not valid JSON: ${(error as Error).message}`, {
      where: path,
      remedy: "correct the file at that place",
      cause: error,
    });
  }
}
