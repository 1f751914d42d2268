import { simulatedInAny } from "../../core/simulated.ts";
import { whole } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import type { AuditRecord } from "./record.ts";
import { auditFigures, auditTables, checkTable, contrastTable } from "./report.ts";
import { auditWords } from "./words.ts";

export function auditOutline(audit: AuditRecord): StudyOutline {
  const { length: worlds } = audit.worlds;
  const words = auditWords(audit);
  return {
    title: "Does the set-up leak?",
    subtitle: `Base LLM ${audit.baseModel}; ${whole(audit.users)} test users, ${worlds} ${worlds === 1 ? "world" : "worlds"} of arbitrary mappings and one of the stereotype.`,
    ...simulatedInAny([audit]),
    words,
    tables: auditTables(audit),
    shown: [checkTable(audit), contrastTable(audit), words.join("\n")],
    figures: () => auditFigures(audit),
  };
}
