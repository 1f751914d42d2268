import type { MergeSummary } from "../app/merge.ts";
import { whole } from "../report/format.ts";
import { textTable } from "../report/table.ts";

/** What a merge has found, a source each, for a terminal. */
export function shownMerge({ into, sources, total }: MergeSummary): string {
  const table = textTable({
    columns: [
      { title: "from", align: "left" },
      { title: "new calls", align: "right" },
      { title: "there already", align: "right" },
      { title: "another answer", align: "right" },
      { title: "artifacts", align: "right" },
      { title: "damaged", align: "right" },
      { title: "spent (calls)", align: "right" },
    ],
    rows: [...sources, { from: "total", ...total }].map((c) => [
      c.from,
      ...[c.calls, c.known, c.conflicts, c.artifacts, c.damaged, c.spent.calls].map(whole),
    ]),
  });
  const other = total.conflicts + total.artifactConflicts;
  return `${[
    table,
    ...(other === 0 ? [] : [`${whole(other)} had another answer than the one in ${into}, which stays.`]),
    ...(total.damaged === 0
      ? []
      : [`${whole(total.damaged)} rows had changed since they were stored and were left out.`]),
  ].join("\n")}\n`;
}
