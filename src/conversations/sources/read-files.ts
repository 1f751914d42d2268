import { UsageError } from "../../core/errors.ts";
import { kindAt } from "./file-kind.ts";
import { firstTurnOf, isPromptField, PROMPT_FIELDS } from "./first-turn.ts";
import type { RecordKind } from "./json-layout.ts";
import { readParquetPrompts } from "./parquet.ts";
import { type SourceFiles, textRecords } from "./records.ts";
import { isProblem } from "./turns.ts";

const PROMPTS: RecordKind = {
  reads: (value) => !isProblem(firstTurnOf(value)),
  isTextList: (key) => isPromptField(key) || TEXT_LISTS.has(key.toLowerCase()),
};
/** Texts under another key, such as tags, are no prompts. */
const TEXT_LISTS = new Set(
  "prompts texts questions queries instructions inputs data rows items records examples instances samples entries train test validation".split(
    " ",
  ),
);
const WANTED = `write a list of strings, or of objects with one of: ${PROMPT_FIELDS.join(", ")}`;

/**
 * Hands the first user turn of every record of a file to `take`, in order; `null` where the user says nothing. What a
 * file is (Parquet, JSON, one record a line) is seen from its contents.
 * @throws UsageError naming file and line (JSONL), record (JSON) or row (Parquet) that cannot be read
 */
export async function readPrompts(
  files: SourceFiles,
  path: string,
  take: (prompt: string | null) => void,
): Promise<void> {
  const bytes = await files.openBytes(path);
  if ((await kindAt(bytes, path)) === "parquet") {
    await readParquetPrompts(bytes, path, take);
    return;
  }
  for (const { record, where } of textRecords(files, path, PROMPTS, WANTED)) {
    const said = firstTurnOf(record);
    if (isProblem(said)) {
      throw new UsageError(said.problem, {
        where,
        remedy: "compare it with the forms that docs/data.md describes",
      });
    }
    take(said);
  }
}
