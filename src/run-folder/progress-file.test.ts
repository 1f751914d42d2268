import { expect, it } from "vitest";
import { progressFile } from "./progress-file.ts";
import type { ProgressRecord } from "./progress-record.ts";

it("names a stage as soon as it begins, though nothing of it may be done for minutes", () => {
  const written: ProgressRecord[] = [];
  const system = {
    writeFile: (_path: string, text: string | Uint8Array) => void written.push(JSON.parse(`${text}`)),
  };
  const totals = () => ({ calls: 0, cacheHits: 0, tokens: 0, costUsd: 0 });
  const file = progressFile(system, "progress.json", totals, () => {});
  file.observe({ type: "stage", stage: "train users", total: 3 });
  expect(written.at(-1)).toMatchObject({
    state: "running",
    stages: [{ stage: "train users", done: 0, total: 3 }],
  });
  file.end("finished");
  expect(written.at(-1)?.state).toBe("finished");
});
