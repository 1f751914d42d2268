import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Results, Sample, UserRecord } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const SMALL = ["--preset", "smoke", "--set", 'users={"train":32,"validation":8,"test":16}'];

interface FinishedRun {
  readonly results: Results;
  readonly samples: readonly Sample[];
  readonly users: readonly UserRecord[];
}

async function run(out: string, ...flags: string[]): Promise<FinishedRun> {
  const { code, stdout, stderr } = await runCli(["run", ...SMALL, "--out", out, "--json", ...flags], folder);
  expect(code, stderr).toBe(0);
  const lines = <T>(name: string): T[] =>
    readFileSync(join(folder, out, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  return { results: JSON.parse(stdout), samples: lines("samples.jsonl"), users: lines("users.jsonl") };
}

/** The reward of a sample from its scores: weights add up to 1, the avoid side is 11 - s. */
function rewardOf({ scores }: Sample): number | null {
  expect(scores.reduce((sum, s) => sum + s.weight, 0)).toBeCloseTo(1, 12);
  let reward = 0;
  for (const { score, weight, direction } of scores) {
    if (score === null) return null;
    reward += weight * (direction === "follow" ? score : 11 - score);
  }
  return reward;
}

function checkRewards({ samples }: FinishedRun, targets: number): void {
  expect(samples.length).toBeGreaterThan(0);
  for (const sample of samples) {
    expect(sample.scores).toHaveLength(targets);
    const reward = rewardOf(sample);
    if (reward === null) expect(sample.reward).toBeNull();
    else expect(sample.reward).toBeCloseTo(reward, 10);
  }
}

describe("runs of other kinds", () => {
  it("a pool of one's own", async () => {
    const pool = {
      attributes: ["anxious", "tech-savvy", "verbose"],
      principles: ["gentle", "concrete", "casual"],
    };
    writeFileSync(join(folder, "pool.json"), JSON.stringify({ pool }));
    const record = await run("pool", "pool.json", "--worlds", "2");
    expect(record.results.config.pool).toEqual(pool);
    expect(new Set(record.samples.flatMap((s) => s.scores.map((x) => x.principle)))).toEqual(
      new Set(pool.principles),
    );
    expect(new Set(record.users.flatMap((u) => u.attributes.map((a) => a.attribute)))).toEqual(
      new Set(pool.attributes),
    );
    checkRewards(record, 1);
  });

  it("a mapping from a file, the same in every world: users want what it says", async () => {
    // The first attribute shows in the last principle, avoided, and so on.
    const matrix = [
      [0, 0, 0, 1],
      [0, 0, 2, 0],
      [0, 1, 0, 0],
      [-1, 0, 0, 0],
    ];
    writeFileSync(join(folder, "matrix.json"), JSON.stringify(matrix));
    const flags = ["--set", "mapping.kind=file", "--set", "mapping.file=matrix.json"];
    const record = await run("file", ...flags);
    expect(record.results.worlds.map((w) => [w.kind, w.matrix])).toEqual([["file", matrix]]);
    const { attributes, principles } = record.results.config.pool;
    const users = new Map(record.users.map((u) => [u.user, u.attributes[0]]));
    for (const { user, scores } of record.samples) {
      const shown = users.get(user);
      const column = attributes.indexOf(shown?.attribute ?? "");
      const row = 3 - column;
      const wanted = (matrix[row]?.[column] ?? 0) * (shown?.side === "follow" ? 1 : -1);
      expect(scores[0]).toMatchObject({
        principle: principles[row],
        direction: wanted > 0 ? "follow" : "avoid",
        weight: 1,
      });
    }
    checkRewards(record, 1);
  });

  it("two attributes a user and dense mappings: two weighted targets", async () => {
    const record = await run("dense", "--set", "activeAttributes=2", "--set", "mapping.kind=gaussian");
    expect(record.users.every((u) => u.attributes.length === 2)).toBe(true);
    expect(record.results.worlds[0]?.matrix.flat().every((x) => x !== 0)).toBe(true);
    checkRewards(record, 2);
    expect(record.samples.some((s) => s.scores[0]?.weight !== s.scores[1]?.weight)).toBe(true);
  });

  it("a judge weighted by probabilities gives scores between the whole numbers", async () => {
    const record = await run("weighted", "--set", "judge.weighted=true", "--methods", "none,routing-oracle");
    const scores = record.samples.flatMap((s) => s.scores.flatMap((x) => x.score ?? []));
    expect(scores.filter((s) => !Number.isInteger(s)).length).toBeGreaterThan(scores.length / 2);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...scores)).toBeLessThanOrEqual(10);
    checkRewards(record, 1);
  });

  it("a judge asked on 1-100 gives scores on 1-10, of hundredths mapped linearly", async () => {
    const record = await run("hundred", "--set", "judge.scale=100", "--methods", "none,routing-oracle");
    const scores = record.samples.flatMap((s) => s.scores.flatMap((x) => x.score ?? []));
    for (const score of scores) {
      const asked = 1 + ((score - 1) * 99) / 9;
      expect(Math.abs(asked - Math.round(asked))).toBeLessThan(1e-9);
      expect(score).toBeGreaterThanOrEqual(1);
      expect(score).toBeLessThanOrEqual(10);
    }
    expect(new Set(scores).size).toBeGreaterThan(10);
    checkRewards(record, 1);
  });

  it("the paper's judging and instructions: tenths of 1-100, the prompt in view, principles avoided", async () => {
    const judge = '{"scale":100,"mapping":"tenth","sees":"prompt-and-answer"}';
    const paper = [
      "--set",
      `judge=${judge}`,
      "--set",
      "styles.avoid=avoid",
      "--set",
      "users.attributes=random",
    ];
    const record = await run("tenths", ...paper, "--methods", "none,routing,routing-oracle");
    const scores = record.samples.flatMap((s) => s.scores.flatMap((x) => x.score ?? []));
    for (const score of scores) expect(Math.abs(10 * score - Math.round(10 * score))).toBeLessThan(1e-9);
    expect(Math.min(...scores)).toBeLessThan(1);
    expect(Math.max(...scores)).toBeLessThanOrEqual(10);
    checkRewards(record, 1);
    expect(record.samples.map(({ label }) => Object.keys(label ?? {}).join())).toContain(
      "principle,direction",
    );
    // Every call of the oracle is a candidate, so that its instruction is that of the candidates.
    const usage = record.results.usage.find(({ role }) => role === "base");
    expect(usage?.calls).toBe(16);
    const page = readFileSync(join(folder, "tenths", "report.html"), "utf8");
    expect(page).toContain("from 0.1 to 10.9");
    expect(page).toContain("1-100, divided by ten, prompt in view");
  });

  it("stacked permutations: as many targets, alike in weight", async () => {
    const record = await run(
      "stacked",
      "--set",
      "mapping.kind=stacked-permutation",
      "--methods",
      "none,routing",
    );
    for (const row of record.results.worlds[0]?.matrix ?? [])
      expect(row.filter((x) => x !== 0)).toHaveLength(2);
    checkRewards(record, 2);
    expect(record.samples.every(({ scores }) => scores.every(({ weight }) => weight === 0.5))).toBe(true);
  });

  it("all label strategies of routing beside each other, under names of their own", async () => {
    const methods = ["margin", "one-sided", "two-sided", "soft"].map((labels) => ({
      id: "routing",
      name: labels,
      labels,
    }));
    writeFileSync(join(folder, "labels.json"), JSON.stringify({ methods: ["none", ...methods] }));
    const { results, samples } = await run("labels", "labels.json");
    expect(results.methods.map((m) => m.name)).toEqual(["none", "margin", "one-sided", "two-sided", "soft"]);
    const chosen = (name: string): string =>
      JSON.stringify(samples.filter((s) => s.method === name).map((s) => s.label));
    expect(chosen("two-sided")).not.toBe(chosen("margin"));
    for (const { name, summary } of results.methods) expect(summary.users, name).toBe(16);
  });
});
