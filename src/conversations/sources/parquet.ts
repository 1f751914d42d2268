import { parquetScan, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { UsageError } from "../../core/errors.ts";
import { type ByteSource, guardedParquet } from "../../parquet/read.ts";
import { columnsToRead, firstTurnOf, isEnvelope, PROMPT_FIELDS } from "./first-turn.ts";
import { isProblem } from "./turns.ts";

/**
 * Hands the first user turn of every row to `take`. Only columns that may hold it are read, of them one row group at a
 * time, and those behind the first only where that says nothing.
 * @param file name for errors
 * @throws UsageError when this is no Parquet file, has no column that could hold prompts, or a row has another form
 */
export async function readParquetPrompts(
  bytes: ByteSource,
  file: string,
  take: (prompt: string | null) => void,
): Promise<void> {
  const scan = await guardedParquet(file, () => parquetScan({ file: bytes, compressors }));
  const { first, all } = chosenColumns(parquetSchema(scan.metadata).children, file);
  for (const { rowStart, rowEnd } of scan.ranges) {
    const table = new Map<string, ArrayLike<unknown>>();
    const load = async (names: readonly string[]): Promise<void> => {
      for (const column of names) {
        if (table.has(column)) continue;
        table.set(column, await guardedParquet(file, () => scan.readColumn({ column, rowStart, rowEnd })));
      }
    };
    await load(first);
    for (let i = 0; i < rowEnd - rowStart; i++) {
      const rowOf = (): unknown =>
        Object.fromEntries([...table].map(([name, values]) => [name, values[i] ?? null]));
      let said = firstTurnOf(rowOf());
      if (said === null || (typeof said === "string" && said.trim() === "")) {
        await load(all);
        said = firstTurnOf(rowOf());
      }
      if (isProblem(said)) {
        throw new UsageError(said.problem, {
          where: `${file}, row ${rowStart + i + 1}`,
          remedy: "compare it with the forms that docs/data.md describes",
        });
      }
      take(said);
    }
  }
}

interface Column {
  readonly element: { readonly name: string; readonly type?: string };
  readonly children: readonly unknown[];
}

/** @throws UsageError naming the columns that there are */
function chosenColumns(columns: readonly Column[], file: string): { first: string[]; all: string[] } {
  const names = columns.map(({ element }) => element.name);
  // Numbers are no prompts, whatever their column is called.
  const holdsText = ({ element, children }: Column): boolean =>
    children.length > 0 || element.type === "BYTE_ARRAY" || element.type === "FIXED_LEN_BYTE_ARRAY";
  const texts = columns.filter(holdsText).map(({ element }) => element.name);
  const chosen = columnsToRead(texts, names);
  if (chosen.first.length > 0) return chosen;
  const envelopes = texts.filter(isEnvelope);
  if (envelopes.length > 0) return { first: envelopes, all: envelopes };
  throw new UsageError("no column of this file holds prompts or conversations", {
    where: file,
    remedy: `rename one to ${PROMPT_FIELDS.join(", ")}; it has: ${names.join(", ")}`,
  });
}
