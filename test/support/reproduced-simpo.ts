import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import type { ReproduceRecord } from "../../src/studies/reproduce/record.ts";
import { runCli } from "./run-cli.ts";

/** The base LLM is the tiny checkpoint, whose adapters are trained; everything else is simulated. */
const BASE = 'models.base={"provider":"local","model":"tiny","temperature":0.8,"maxTokens":40}';
const SMALL = ["--set", "pool=k2", "--scale", "0.002", "--worlds", "1"];
const ARGS = ["simpo", "train.json", "--model", "sim", "--set", BASE, ...SMALL, "--out", "paper"];

/**
 * Runs `reproduce simpo` twice in a folder, and expects the paper's two cells of prompt optimization: trained by SimPO and by
 * DPO, measured, and found again by the second run.
 * @param trainer where they are trained; in the process without one
 */
export async function expectSimpoReproduced(folder: string, trainer?: string): Promise<void> {
  const method = {
    id: "prompt-optimization",
    ...(trainer === undefined ? {} : { trainer }),
    ...{ rank: 2, alpha: 4, learningRate: 0.004, optimizer: "paper", projector: "mlp" },
    ...{ maxPromptTokens: 96, maxAnswerTokens: 64, answerTokens: 40 },
  };
  writeFileSync(join(folder, "train.json"), JSON.stringify({ methods: ["none", "routing-oracle", method] }));
  const { code, stderr } = await runCli(["reproduce", ...ARGS], folder);
  expect(code, stderr).toBe(0);
  const record: ReproduceRecord = JSON.parse(readFileSync(join(folder, "paper", "simpo.json"), "utf8"));
  expect(record.cells.map(({ setting, state }) => `${setting}: ${state}`)).toEqual([
    "SimPO: finished",
    "DPO: finished",
  ]);
  const losses = record.cells.map((cell) => {
    const results: Results = JSON.parse(
      readFileSync(join(folder, "paper", cell.folder!, "results.json"), "utf8"),
    );
    expect(cell.methods.map(({ id }) => id)).toEqual(["routing-oracle", "prompt-optimization"]);
    for (const { delta, worlds } of cell.methods) expect([Number.isFinite(delta), worlds]).toEqual([true, 1]);
    return results.config.methods.find(({ id }) => id === "prompt-optimization")?.loss;
  });
  expect(losses).toEqual(["simpo", "dpo"]);
  const again = await runCli(["reproduce", ...ARGS], folder);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stderr.match(/finished before/g)).toHaveLength(2);
}
