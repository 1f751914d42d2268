import type { Check } from "../app/check.ts";
import { textTable } from "../report/table.ts";

/** What was checked and found, for a terminal. */
export function shownChecks(checks: readonly Check[]): string {
  const table = textTable({
    columns: [
      { title: "", align: "left" },
      { title: "check", align: "left" },
      { title: "found", align: "left" },
    ],
    rows: checks.map((c) => [c.ok ? "ok" : "NO", c.what, c.found.split("\n")[0] as string]),
  });
  const remedies = checks.flatMap((c) => (c.ok || c.remedy === undefined ? [] : [`${c.what}: ${c.remedy}`]));
  return `${[table, ...remedies].join("\n")}\n`;
}
