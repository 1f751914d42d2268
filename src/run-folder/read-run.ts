import { dirname, join } from "node:path";
import { z } from "zod";
import { parseJsonl } from "../core/jsonl.ts";
import type { System } from "../core/ports/system.ts";
import type { Results, Sample } from "../core/run-record.ts";
import { collectDifferences, type RunDifferences } from "../statistics/run-differences.ts";
import { RUN_FILES, readResults } from "./run-directory.ts";

const sampleLine = z.looseObject({
  world: z.number(),
  method: z.string(),
  user: z.string(),
  difference: z.number().nullable(),
});

/**
 * A finished run as comparisons need it: its record, and the difference of every sample.
 * @param path the run directory, or the record in it
 * @throws UsageError or ApmError when one of its files is missing or has another form
 */
export function readRun(system: System, path: string): { results: Results; differences: RunDifferences } {
  const results = readResults(system, path);
  const file = join(path.endsWith(".json") ? dirname(path) : path, RUN_FILES.samples);
  const samples = parseJsonl(
    system.readLines(file),
    file,
    sampleLine,
  ) as Iterable<unknown> as Iterable<Sample>;
  return { results, differences: collectDifferences(samples) };
}
