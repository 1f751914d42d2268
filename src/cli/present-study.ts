import { type FinishedStudy, writeStudy } from "../app/study/finished-study.ts";
import type { System } from "../core/ports/system.ts";
import { simulatedWords } from "../core/simulated.ts";
import { textTable } from "../report/table.ts";

/** The end of every study's command: writes its files, and prints the record as JSON or what people read. */
export async function presentStudy(
  system: System,
  study: FinishedStudy,
  { json }: { readonly json?: boolean | undefined },
): Promise<void> {
  const { record, outline, folder, files, also } = study;
  if (folder !== undefined) await writeStudy(system, folder, study);
  if (json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const written = [files.page, files.record, ...also, "tables", "figures"].join(", ");
  const parts = [
    ...(outline.simulated ? [simulatedWords(outline)] : []),
    ...outline.shown.map((part) => (typeof part === "string" ? part : textTable(part))),
    ...(folder === undefined ? [] : [`wrote ${folder} (${written})`]),
  ];
  system.stdout(`${parts.join("\n\n")}\n`);
}
