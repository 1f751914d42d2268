/**
 * How long the simulated model itself takes for the calls of a run, in one thread: `bench/paper-scale.ts` starts it. The run is made
 * in a temporary directory; every request that it pays for is put once more to a fresh model, many in a row, and only that is timed.
 * Usage: node bench/pure-calls.ts [KEY=VALUE ...] (keys of `paper-scale.config.json` to change); prints JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRun } from "../src/app/compose.ts";
import { nodeSystem } from "../src/app/node-system.ts";
import { resolveFlags } from "../src/app/resolve.ts";
import type { GenerateRequest, LanguageModel, ModelRole } from "../src/core/ports/language-model.ts";
import { wrapModel } from "../src/core/wrap-model.ts";
import { runBenchmark } from "../src/pipeline/run.ts";
import { createSimModel } from "../src/providers/sim/model.ts";

/** Requests that are put in a row: enough for the clock, and little to hold. */
const ROW = 10_000;
const ROLES = ["base", "candidate", "rewriter", "judge"] as const satisfies readonly ModelRole[];

const out = mkdtempSync(join(tmpdir(), "apm-pure-"));
const file = join(import.meta.dirname, "paper-scale.config.json");
const set = [...process.argv.slice(2), "threads=1"];
const system = { ...nodeSystem(), stdout: () => {}, stderr: () => {} };
const config = await resolveFlags(system, file, { preset: "default", model: "sim", out, set });
const run = await openRun(system, config);

const fresh = Object.fromEntries(ROLES.map((role) => [role, createSimModel(config.models[role])]));
let row: { readonly role: ModelRole; readonly request: GenerateRequest }[] = [];
const took = { calls: 0, wallSeconds: 0, processorSeconds: 0 };

async function putAgain(): Promise<void> {
  const asked = row;
  row = [];
  const [wall, processor] = [performance.now(), process.cpuUsage()];
  for (const { role, request } of asked) await (fresh[role] as LanguageModel).generate(request);
  const { user, system: kernel } = process.cpuUsage(processor);
  took.calls += asked.length;
  took.wallSeconds += (performance.now() - wall) / 1000;
  took.processorSeconds += (user + kernel) / 1e6;
}

const listening = (model: LanguageModel, role: ModelRole): LanguageModel =>
  wrapModel(model, async (request) => {
    const result = await model.generate(request);
    if (!result.cached && row.push({ role, request }) >= ROW) await putAgain();
    return result;
  });
const models = Object.fromEntries(
  ROLES.map((role) => [role, listening(run.setup.models[role], role)]),
) as Record<ModelRole, LanguageModel>;
await runBenchmark({
  ...run.setup,
  models,
  observe: () => {},
  sink: { user: () => {}, sample: () => {} },
});
await putAgain();
run.close();
rmSync(out, { recursive: true, force: true });
console.log(JSON.stringify(took));
