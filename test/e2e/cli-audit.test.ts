import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { poolNamed } from "../../src/catalog/pools.ts";
import { main } from "../../src/cli/main.ts";
import type { AuditRecord } from "../../src/studies/audit/record.ts";
import { sampleWorld } from "../../src/world/mapping.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { leakyServer } from "../support/leak.ts";
import { memorySystem } from "../support/memory-system.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const cli = (...args: string[]) => runCli(["audit", ...args], folder);
const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const FEW = ["--set", "statistics.resamples=300", "--set", "statistics.permutations=500"];
const SMALL = ["--preset", "smoke", ...FEW];

describe("audit", () => {
  const args = [
    ...SMALL,
    "--methods",
    "routing-oracle,routing,in-context",
    "--guesses",
    "2",
    "--out",
    "small",
  ];
  let record: AuditRecord;

  beforeAll(async () => {
    const { code, stdout, stderr } = await cli(...args, "--json");
    expect(code, stderr).toBe(0);
    record = JSON.parse(stdout); // and so nothing else is on standard output
  });

  it("says whether the set-up leaks, in the documented shape", () => {
    expect(record).toMatchObject({
      schema: "apm-bench/audit@1",
      simulated: true,
      users: 40,
      margin: { share: 0.2 },
      stereotype: { source: "guess" },
      guess: { of: 4, asked: 16, unusable: 0, chance: 0.125 },
      isBalanced: true,
    });
    expect(record.verdict).toBe("cannot tell"); // 40 users in one world are few
    expect(record.checks.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      "control probe/revealed",
      "control probe/true-target",
      "names guess",
      "names probe/named",
      "names probe/stereotype",
      "history routing/withheld",
      "history routing/shuffled",
      "history in-context history/withheld",
      "history in-context history/shuffled",
      "unlearned in-context history/normal",
    ]);
    for (const check of record.checks) {
      expect(["pass", "leak", "cannot tell"]).toContain(check.verdict);
      expect(check.verdict).not.toBe("leak");
      if (check.ci95 !== null) expect(check.ci95[0]).toBeLessThanOrEqual(check.estimate!);
    }
    expect(record.conditions).toHaveLength(1 + 2 * 5 + 4);
    expect(record.contrast).toHaveLength(3 + 4);
    for (const row of record.stereotype!.matrix) expect(row.filter((c) => Math.abs(c) === 1)).toHaveLength(1);
    expect(record.usage.map(({ role }) => role).sort()).toEqual(["base", "candidate", "judge", "rewriter"]);
  });

  it("writes the record, tables, figures and a page that says what it rests on", () => {
    expect(JSON.parse(read("small", "audit.json"))).toEqual(record);
    const csv = read("small", "tables", "audit-checks.csv").trimEnd().split("\r\n");
    expect(csv).toHaveLength(1 + record.checks.length);
    expect(csv[0]).toContain("verdict");
    expect(read("small", "tables", "audit-checks.tex")).toContain("\\begin{tabular}");
    for (const name of ["conditions", "contrast", "guess"])
      expect(read("small", "figures", `audit-${name}.svg`)).toContain("<svg");
    expect(read("small", "audit.html")).toMatch(/SIMULATED[\s\S]*CANNOT TELL[\s\S]*<svg/);
  });

  it("asks nothing twice, and says the same again in words", async () => {
    const { code, stdout, stderr } = await cli(...args, "--fail-on-leak");
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/continuing with \d+ stored calls/);
    expect(stdout).toMatch(/^SIMULATED[\s\S]*verdict[\s\S]*attributes told[\s\S]*cannot tell/);
    const again = JSON.parse(read("small", "audit.json")) as AuditRecord;
    expect(again.usage.every(({ calls }) => calls === 0)).toBe(true);
    expect({ ...again, usage: [] }).toEqual({ ...record, usage: [] });
  });

  it("beside a run repeats none of its calls, leaves its files alone, and finds what it finds", async () => {
    const methods = ["--methods", "none,routing-oracle,routing,in-context"];
    const { stdout } = await runCli(["run", ...SMALL, ...methods, "--out", "run", "--json"], folder);
    const results = read("run", "results.json");
    const beside = await cli("run", "--guesses", "2");
    expect(beside.code, beside.stderr).toBe(0);
    const { usage, checks } = JSON.parse(read("run", "audit.json")) as AuditRecord;
    const asked = (role: string) => usage.find((row) => row.role === role)?.calls;
    expect([asked("rewriter"), asked("candidate")]).toEqual([0, 0]);
    expect(checks).toEqual(record.checks);
    expect(read("run", "results.json")).toBe(results);
    const found = (JSON.parse(stdout).methods as { name: string; summary: { delta: number } }[]).slice(1);
    for (const { name, summary } of found) {
      const row = record.conditions.find(({ arm }) => arm === `${name}/normal`);
      expect(row?.delta, name).toBeCloseTo(summary.delta, 12);
    }
    const { code, stderr } = await cli(...SMALL, "--out", "run", "--seed", "2");
    expect(code).toBe(2);
    expect(stderr).toMatch(/a run with other settings \(seed\)[\s\S]*apm-bench audit run/);
  });

  it("stops at its budget with code 3, and the same command goes on with more", async () => {
    const limited = [...SMALL, "--methods", "in-context", "--out", "limited", "--set", "budget.calls=700"];
    const first = await cli(...limited);
    expect(first.code, first.stderr).toBe(3);
    expect(first.stderr).toContain("run the same command again");
    expect(existsSync(join(folder, "limited", "audit.json"))).toBe(false);
    const second = await cli(...limited, "--budget-more");
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toContain("continuing with 700 stored calls");
  });

  it("takes the stereotype from a file", async () => {
    const matrix = [
      [0, 0, 0, 1],
      [0, 0, -1, 0],
      [0, 1, 0, 0],
      [1, 0, 0, 0],
    ];
    writeFileSync(join(folder, "mine.json"), JSON.stringify(matrix));
    const { code, stdout, stderr } = await cli(
      ...[...SMALL, "--methods", "in-context", "--stereotype", "mine.json", "--out", "mine", "--json"],
      ...["--keep-prompts", "1", "--keep-words", "3", "--keep-words", "6"],
    );
    expect(code, stderr).toBe(0);
    const { stereotype, conditions } = JSON.parse(stdout) as AuditRecord;
    expect(stereotype).toEqual({ source: "file", matrix });
    expect(conditions.map(({ arm }) => arm)).toContain("in-context history/first-6-words");
  });

  it.each([
    [["--margin", "1.5"], /above 0 and below 1/],
    [["--guesses", "0"], /from 1/],
    [["--stereotype", "small/config.json"], /list of rows/],
    [["--stereotype", "absent.json"], /no such file/],
    [["--set", "historyLength=0"], /nothing to withhold/],
    [["--set", "users.test=1"], /there must be two/],
  ])("%j is wrong usage", async (wrong, message) => {
    const { system, printed, written } = memorySystem({ "small/config.json": "{}" });
    const { size } = written;
    expect(await main(["audit", ...SMALL, ...wrong, "--out", join(folder, "wrong")], system)).toBe(2);
    expect(printed.stderr).toMatch(message);
    expect(written.size).toBe(size);
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });
});

describe("audit of a system that looks users up in a list", () => {
  let leak: Awaited<ReturnType<typeof leakyServer>>;
  beforeAll(async () => {
    leak = await leakyServer(poolNamed("k4"), sampleWorld(1, "signed-permutation", 4));
    const methods = ["in-context", { id: "external", name: "cheat", url: leak.url }];
    writeFileSync(
      join(folder, "leak.json"),
      JSON.stringify({ pool: "k4", users: { test: 80 }, worlds: 1, methods, out: "leak" }),
    );
  });
  afterAll(() => void leak.server.close());

  it("finds the leak, names the system, and fails where it is asked to", async () => {
    const { code, stderr } = await cli("leak.json", "--out", "leak", ...FEW, "--fail-on-leak");
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("a leak was found");
    const { verdict, checks } = JSON.parse(read("leak", "audit.json")) as AuditRecord;
    expect(verdict).toBe("leak");
    const leaks = checks.filter((check) => check.verdict === "leak").map(({ id }) => id);
    expect(leaks).toEqual(["cheat/withheld", "cheat/shuffled"]);
    expect(read("leak", "audit.html")).toMatch(
      /The set-up LEAKS: 2 of \d+ checks[^.]*cheat, history withheld/,
    );
  });

  it("without that flag reports it and ends well", async () => {
    const { code, stdout } = await cli("leak.json", "--out", "leak", ...FEW);
    expect(code).toBe(0);
    expect(stdout).toContain("The set-up LEAKS");
  });
});
