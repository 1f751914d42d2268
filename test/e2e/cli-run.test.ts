import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results, Sample, UserRecord } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CliResult, runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const SMOKE = ["run", "--preset", "smoke", "--out", "out"];
const file = (name: string): string => readFileSync(join(folder, "out", name), "utf8");
const linesOf = <T>(name: string): T[] =>
  file(name)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const withoutUsage = (text: string): string => text.slice(0, text.indexOf('"usage"'));

describe("run, on the embedded default", () => {
  let run: CliResult;
  let results: Results;
  beforeAll(async () => {
    run = await runCli(SMOKE, folder);
    results = JSON.parse(file("results.json"));
  });

  it("ends with the table of all methods, and says that this is a simulation", () => {
    expect(run.code, run.stderr).toBe(0);
    for (const { name } of results.methods) expect(run.stdout).toContain(name);
    expect(run.stdout).toContain("SIMULATED");
    expect(run.stderr).toMatch(/test users: 40\/40/);
  });

  it("writes all files of a run directory", () => {
    const names = [
      "config.json",
      "results.json",
      "report.html",
      "samples.jsonl",
      "users.jsonl",
      "calls.sqlite",
    ];
    for (const name of [...names, "tables/methods.csv", "tables/methods.tex"]) {
      expect(existsSync(join(folder, "out", name)), name).toBe(true);
    }
    expect(existsSync(join(folder, "out", "lock.json"))).toBe(false);
    expect(JSON.parse(file("config.json"))).toMatchObject({
      pool: { name: "k4" },
      users: { train: 80, validation: 20, test: 40 },
      models: { judge: { provider: "sim" } },
      out: "out",
    });
    expect(file("report.html")).toMatch(/^<!doctype html>/i);
    expect(file("report.html")).toMatch(/simulated/i);
    expect(file("tables/methods.csv").split("\n").length).toBeGreaterThan(8);
  });

  it("keeps the contract of results.json", () => {
    expect(results).toMatchObject({ schema: "apm-bench/results@1", simulated: true });
    expect(results.worlds).toEqual([
      {
        seed: expect.any(Number),
        kind: "signed-permutation",
        matrix: expect.arrayContaining([expect.any(Array)]),
      },
    ]);
    expect(results.worlds[0]?.matrix.map((row) => row.length)).toEqual([4, 4, 4, 4]);
    expect(results.baseline.meanReward).toBeGreaterThan(1);
    expect(results.methods.map((m) => m.id)).toEqual([
      "none",
      "routing-oracle",
      "routing",
      "rag-exemplar",
      "rag-summary",
      "in-context",
      "majority-routing",
      "random-routing",
    ]);
    const summary = [
      "meanReward",
      "delta",
      "deltaCi95",
      "deltaSdOverWorlds",
      "win",
      "tie",
      "loss",
      "winLossRatio",
    ];
    const more = ["winLossRatioCi95", "pValue", "pValueAdjusted", "users", "worlds", "missing"];
    for (const method of results.methods) {
      for (const key of [...summary, ...more]) expect(method.summary, method.id).toHaveProperty(key);
      const { win, tie, loss, users, worlds } = method.summary;
      expect((win ?? 0) + (tie ?? 0) + (loss ?? 0)).toBeCloseTo(1, 12);
      expect({ users, worlds }).toEqual({ users: 40, worlds: 1 });
      for (const world of method.perWorld) {
        expect(Object.keys(world).sort()).toEqual(["delta", "loss", "meanReward", "seed", "tie", "win"]);
      }
    }
    expect(results.usage.map((u) => u.role).sort()).toEqual(["base", "candidate", "judge", "rewriter"]);
    for (const row of results.usage) {
      expect(Object.keys(row).sort()).toEqual([
        "cacheHits",
        "calls",
        "costUsd",
        "failures",
        "inputTokens",
        "model",
        "outputTokens",
        "repeats",
        "role",
      ]);
      expect(row.calls).toBeGreaterThan(0);
    }
  });

  it("has samples that add up to its figures", () => {
    const samples = linesOf<Sample>("samples.jsonl");
    expect(samples).toHaveLength(8 * 40);
    for (const { id, name, summary } of results.methods) {
      const known = samples.flatMap((s) =>
        s.method === name && s.difference !== null ? [s.difference] : [],
      );
      expect(known.length + summary.missing, id).toBe(40);
      expect(known.reduce((a, b) => a + b, 0) / known.length, id).toBeCloseTo(summary.delta as number, 10);
    }
    const users = linesOf<UserRecord>("users.jsonl");
    expect(new Set(users.map((u) => u.user))).toEqual(new Set(samples.map((s) => s.user)));
    expect(users.every((u) => u.history.length === 2 && u.attributes.length === 1)).toBe(true);
  });

  it("stores every call, and base answers under a style are the candidates", () => {
    const store = new DatabaseSync(join(folder, "out", "calls.sqlite"), { readOnly: true });
    const { n } = store.prepare("select count(*) as n from calls").get() as { n: number };
    store.close();
    expect(n).toBe(results.usage.reduce((sum, u) => sum + u.calls, 0));
    const base = results.usage.find((u) => u.role === "base");
    expect(base?.cacheHits).toBeGreaterThan(3 * 40); // oracle, random and majority routing ask what candidates answered
  });

  it("repeats no call the second time, and gives the same results byte for byte", async () => {
    const before = file("results.json");
    const { code, stdout, stderr } = await runCli([...SMOKE, "--json"], folder);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/continuing with \d+ stored calls/);
    const again = JSON.parse(stdout) as Results; // and so nothing else was on standard output
    expect(again.usage.map((u) => u.calls)).toEqual([0, 0, 0, 0]);
    expect(again.usage.every((u) => u.cacheHits > 0)).toBe(true);
    expect(withoutUsage(file("results.json"))).toBe(withoutUsage(before));
    expect(withoutUsage(before).length).toBeGreaterThan(5000);
  });

  it("report makes report and tables again", async () => {
    const [report, table] = [file("report.html"), file("tables/methods.csv")];
    rmSync(join(folder, "out", "report.html"));
    rmSync(join(folder, "out", "tables"), { recursive: true });
    const { code, stdout } = await runCli(["report", "out"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("routing oracle");
    expect(file("report.html")).toBe(report);
    expect(file("tables/methods.csv")).toBe(table);
    const json = await runCli(["report", "out", "--json"], folder);
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(file("results.json")));
  });
});
