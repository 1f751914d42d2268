import { UsageError } from "./errors.ts";
import { parseJsonText } from "./json.ts";
import type { System } from "./ports/system.ts";
import { decodeText } from "./text.ts";

/**
 * Parses a JSON file, in UTF-8 or UTF-16.
 * @throws UsageError with the file and the parser's place
 */
export function parseJson(system: Pick<System, "readFile">, path: string): unknown {
  const text = decodeText(system.readFile(path), path);
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new UsageError(`this is not valid JSON: ${(error as Error).message}`, {
      where: path,
      remedy: "correct the file at that place",
      cause: error,
    });
  }
}
