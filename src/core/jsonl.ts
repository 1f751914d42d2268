import type { ZodType } from "zod";
import { UsageError } from "./errors.ts";
import { parseJsonText } from "./json.ts";
import type { TextLine } from "./ports/system.ts";

/**
 * The records of a JSONL file, each checked against a schema; blank lines are skipped.
 * @param remedy what to tell people whose line has another form
 * @throws UsageError naming file, line and what is wrong with it
 */
export function* parseJsonl<T>(
  lines: Iterable<TextLine>,
  file: string,
  schema: ZodType<T>,
  remedy = "compare it with the form that docs/data.md describes",
): Generator<T> {
  for (const { number, text } of lines) {
    if (text.trim() === "") continue;
    const where = `${file}, line ${number}`;
    let value: unknown;
    try {
      value = parseJsonText(text);
    } catch (error) {
      throw new UsageError(`this line is not valid JSON: ${(error as Error).message}`, {
        where,
        remedy: "write one complete JSON object a line",
        cause: error,
      });
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const key = issue?.path.join(".") ?? "";
      throw new UsageError(
        `this line does not have the expected form: ${key === "" ? "" : `${key}: `}${issue?.message}`,
        { where, remedy },
      );
    }
    yield parsed.data;
  }
}
