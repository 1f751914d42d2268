import { createHash } from "node:crypto";
import { join } from "node:path";
import type { System } from "../../core/ports/system.ts";
import { evaluationRecord, instanceRows, recordPaths } from "../../exports/every-eval-ever.ts";
import type { Exported, RunFolder } from "./exporter.ts";

/** A run for the Every Eval Ever database: its record and its instances, below `data/` as the datastore keeps them. */
export async function exportEveryEvalEver(system: System, run: RunFolder, out: string): Promise<Exported> {
  const paths = recordPaths(run);
  const [record, instances] = [join(out, paths.record), join(out, paths.instances)];
  const lines = system.openLines(instances);
  const sum = createHash("sha256");
  let rows = 0;
  try {
    for (const row of instanceRows(run)) {
      const line = JSON.stringify(row);
      sum.update(`${line}\n`);
      lines.write(line);
      rows++;
    }
  } catch (error) {
    lines.discard();
    throw error;
  }
  if (rows > 0) lines.close();
  else lines.discard();
  const told = evaluationRecord(run, { rows, sha256: sum.digest("hex") });
  system.writeFile(record, `${JSON.stringify(told, null, 2)}\n`);
  return { files: rows > 0 ? [record, instances] : [record], notes: [] };
}
