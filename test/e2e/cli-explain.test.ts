import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ExplainRecord } from "../../src/studies/explain/record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const cli = (...args: string[]) => runCli(args, folder);
const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const SMALL = ["--preset", "smoke", "--methods", "none,routing-oracle,routing,random-routing"];

describe("explain", () => {
  let record: ExplainRecord;
  let results: string;
  let promised: number;

  beforeAll(async () => {
    await cli("run", ...SMALL, "--out", "run", "--json");
    results = read("run", "results.json");
    const estimate = await cli("explain", "run", "--estimate", "--json");
    expect(estimate.code, estimate.stderr).toBe(0);
    promised = JSON.parse(estimate.stdout).newCalls.total;
    expect(existsSync(join(folder, "run", "explain.json"))).toBe(false);
    const { code, stdout, stderr } = await cli("explain", "run", "--json");
    expect(code, stderr).toBe(0);
    record = JSON.parse(stdout);
  });

  it("says in the documented shape where the gain is lost", () => {
    expect(record).toMatchObject({
      schema: "apm-bench/explain@1",
      simulated: true,
      users: { test: 40 },
      imported: null,
      luck: { draw: "second" },
    });
    expect(record.methods.map(({ name }) => name)).toEqual(["routing", "random routing"]);
    expect(record.rungs.map(({ id }) => id)).toEqual([
      "none",
      "neither",
      "mapping",
      "attributes",
      "both",
      "revealed",
      "true-target",
      "oracle",
    ]);
    for (const { lost, parts } of record.methods) {
      const sum = Object.values(parts).reduce((total, { points }) => total + points!, 0);
      expect(sum).toBeCloseTo(lost.points!, 9);
    }
    expect([record.attributes, record.principles, record.obedience].map((rows) => rows.length)).toEqual([
      4, 4, 8,
    ]);
  });

  it("measures the run's own gains, and leaves its files alone", () => {
    const { methods, baseline } = JSON.parse(results);
    for (const { name, gain } of record.methods) {
      const own = methods.find((m: { name: string }) => m.name === name).summary;
      expect(gain.points, name).toBeCloseTo(own.delta, 12);
      expect(gain.ci95![0], name).toBeCloseTo(own.deltaCi95[0], 12);
    }
    expect(record.rungs[0]!.meanReward).toBeCloseTo(baseline.meanReward, 12);
    expect(read("run", "results.json")).toBe(results);
  });

  it("pays for as many calls as it promised, and for none twice", async () => {
    const paid = (usage: ExplainRecord["usage"]) => usage.reduce((sum, row) => sum + row.calls, 0);
    const repeats = record.usage.reduce((sum, row) => sum + row.repeats, 0);
    expect(promised).toBeGreaterThan(0);
    // But for what is asked again after a reply that cannot be read, which nobody can foretell.
    expect(paid(record.usage)).toBeGreaterThanOrEqual(promised);
    expect(paid(record.usage)).toBeLessThanOrEqual(promised + repeats);
    expect(record.usage.every(({ role, calls }) => calls === 0 || role === "base" || role === "judge")).toBe(
      true,
    );
    const again = await cli("explain", "run");
    expect(again.stderr).toContain("no call is new");
    const { usage, ...same } = JSON.parse(read("run", "explain.json")) as ExplainRecord;
    expect(paid(usage)).toBe(0);
    expect({ ...same, usage: [] }).toEqual({ ...record, usage: [] });
  });

  it("shows a table of at most 100 columns, a page, tables and a figure with a text in its place", async () => {
    const { stdout } = await cli("explain", "run");
    expect(stdout).toMatch(/^SIMULATED[\s\S]*recognising the user[\s\S]*carrying out/);
    const lines = stdout.slice(stdout.indexOf("method "), stdout.indexOf("routing gains")).split("\n");
    expect(lines.length).toBeGreaterThan(18);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(100);
    expect(read("run", "figures", "explain-bridge.svg")).toMatch(
      /aria-label="Where the gain of routing is lost\.[^"]*plain answers at [\d.]+[^"]*recognising the user: /,
    );
    expect(read("run", "explain.html")).toMatch(/SIMULATED[\s\S]*<svg[\s\S]*learning the mapping/);
    const csv = read("run", "tables", "explain-parts.csv").trimEnd().split("\r\n");
    expect(csv).toHaveLength(1 + 2 * 4);
  });

  it("asks nothing that the leakage audit has asked", async () => {
    await cli("run", ...SMALL, "--seed", "3", "--out", "audited", "--json");
    const before = JSON.parse((await cli("explain", "audited", "--estimate", "--json")).stdout).newCalls;
    await cli("audit", "audited", "--guesses", "1", "--json");
    const after = JSON.parse((await cli("explain", "audited", "--estimate", "--json")).stdout).newCalls;
    expect(before.base).toBeGreaterThanOrEqual(40);
    expect(after).toEqual({ base: 0, candidate: 0, rewriter: 0, judge: 0, total: 0 });
    // Where the store is lost, the users would have to be made again, and that is said as well.
    rmSync(join(folder, "audited", "calls.sqlite"));
    const lost = JSON.parse((await cli("explain", "audited", "--estimate", "--json")).stdout).newCalls;
    expect(lost.rewriter).toBeGreaterThan(100);
    expect(lost.judge).toBeGreaterThan(lost.candidate);
  });

  it("explains imported test users, and says what that means", async () => {
    const users = read("run", "users.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(({ user, attributes, history, prompt }) => ({ user, attributes, prompts: [...history, prompt] }));
    writeFileSync(join(folder, "own.jsonl"), users.map((user) => JSON.stringify(user)).join("\n"));
    await cli("run", ...SMALL, "--test-users", "own.jsonl", "--out", "imported", "--json");
    const { code, stdout, stderr } = await cli("explain", "imported");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("The test users come from own.jsonl");
  });

  it("refuses what it cannot explain, and says what to do", async () => {
    const unfinished = await cli("explain", "nowhere");
    expect([unfinished.code, unfinished.stderr]).toEqual([2, expect.stringMatching(/no run in this folder/)]);
    await cli("run", "--preset", "smoke", "--methods", "none,in-context", "--out", "unlearned", "--json");
    const unlearned = await cli("explain", "unlearned");
    expect(unlearned.code).toBe(2);
    expect(unlearned.stderr).toMatch(/no train users[\s\S]*add a method that learns/);
    const other = await cli("explain", "run", "--seed", "2");
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/a run with other settings \(seed\)[\s\S]*apm-bench explain run/);
  });
});
