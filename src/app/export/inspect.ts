import { join } from "node:path";
import type { System } from "../../core/ports/system.ts";
import { logHead, logName, logSample } from "../../exports/inspect.ts";
import type { Exported, RunFolder } from "./exporter.ts";

/** A run as logs of Inspect, one a method, which its viewer and its data frames read. */
export async function exportInspect(system: System, run: RunFolder, out: string): Promise<Exported> {
  const users = new Map(run.users.map((user) => [user.user, user]));
  const logs = new Map(
    run.results.methods.map((method, i) => {
      const file = join(out, logName(run, method, i));
      return [method.name, { method, file, lines: system.openLines(file), samples: 0 }];
    }),
  );
  try {
    // A log is one JSON document; written a line a sample, it is never in memory.
    for (const { method, lines } of logs.values()) {
      lines.write(`${JSON.stringify(logHead(run, method)).slice(0, -1)},"samples":[`);
    }
    for (const sample of run.samples()) {
      const [log, user] = [logs.get(sample.method), users.get(sample.user)];
      if (log === undefined || user === undefined) continue;
      const text = JSON.stringify(logSample(run, log.method, user, sample));
      log.lines.write(`${log.samples++ === 0 ? "" : ","}${text}`);
    }
    for (const { lines } of logs.values()) lines.write("]}");
  } catch (error) {
    for (const { lines } of logs.values()) lines.discard();
    throw error;
  }
  for (const { lines } of logs.values()) lines.close();
  return { files: [...logs.values()].map(({ file }) => file), notes: [] };
}
