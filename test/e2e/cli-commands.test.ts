import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CliResult, runCli, spawnCli } from "../support/run-cli.ts";

/** Outside the checkout: no package.json, no node_modules above it. */
const folder = temporaryFolder();
const cli = (...args: string[]): Promise<CliResult> => runCli(args, folder);
const resultsOf = (out: string): Results =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
const delta = (results: Results, name: string): number =>
  results.methods.find((m) => m.name === name)?.summary.delta as number;

describe("init, then run from a folder of one's own", () => {
  it("writes a configuration that runs as it is, with the defaults that it states", async () => {
    const mine = join(folder, "mine");
    mkdirSync(mine);
    // As `npm init` leaves a folder.
    writeFileSync(join(mine, "package.json"), '{ "type": "commonjs" }');
    const written = await runCli(["init"], mine);
    expect(written.code, written.stderr).toBe(0);
    expect(readFileSync(join(mine, "apm.config.ts"), "utf8")).toContain('from "apm-bench"');
    const config = (out: string): object => {
      const { out: _, ...rest } = JSON.parse(readFileSync(join(mine, out, "config.json"), "utf8"));
      return rest;
    };
    const small = [
      "--set",
      'users={"train":10,"validation":4,"test":6}',
      "--worlds",
      "1",
      "--methods",
      "none,routing",
    ];
    // In a process of its own: Node itself loads the program, and finds the package that it names.
    const run = await spawnCli(["run", ...small, "--out", "a"], mine).done;
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/routing/);
    writeFileSync(join(mine, "empty.json"), "{}");
    expect((await runCli(["run", "empty.json", ...small, "--out", "b"], mine)).code).toBe(0);
    expect(config("a")).toEqual(config("b"));
  });
});

describe("compare", () => {
  beforeAll(async () => {
    const run = ["run", "--preset", "smoke", "--methods", "none,routing,routing-oracle"];
    for (const args of [
      [...run, "--out", "first"],
      [...run, "--out", "second", "--set", "users.train=160"],
      [...run, "--out", "elsewhere", "--seed", "9", "--methods", "none,routing,random-routing"],
    ]) {
      const { code, stderr } = await cli(...args);
      expect(code, stderr).toBe(0);
    }
  });

  it("shows what changed, paired where users and worlds are the same", async () => {
    const { code, stdout } = await cli("compare", "first", "second", "--json");
    expect(code).toBe(0);
    const { changes, onlyA, onlyB, failed } = JSON.parse(stdout);
    expect([onlyA, onlyB, failed]).toEqual([[], [], []]);
    const [a, b] = [resultsOf("first"), resultsOf("second")];
    for (const change of changes) {
      expect(change.kind).toBe("paired");
      expect(change.change).toBeCloseTo(delta(b, change.name) - delta(a, change.name), 10);
    }
    const routing = changes.find((c: { name: string }) => c.name === "routing");
    const [low, high] = routing.changeCi95;
    expect(low).toBeLessThan(routing.change);
    expect(high).toBeGreaterThan(routing.change);
    // The oracle learns nothing from train users: the same answers, and no change at all.
    expect(changes.find((c: { name: string }) => c.name === "routing oracle")).toMatchObject({
      change: 0,
      pValue: 1,
    });
    const text = await cli("compare", "first", "second");
    expect(text.stdout).toMatch(/SIMULATED/);
    expect(text.stdout).toMatch(/routing oracle .*paired, 40 pairs/);
  });

  it("compares runs of other users without pairs, and names what only one has", async () => {
    const { stdout } = await cli("compare", "first", "elsewhere", "--json");
    const { changes, onlyA, onlyB } = JSON.parse(stdout);
    expect(changes.map((c: { name: string; kind: string }) => [c.name, c.kind])).toEqual([
      ["routing", "unpaired"],
    ]);
    expect([onlyA, onlyB]).toEqual([["routing oracle"], ["random routing"]]);
  });

  it("is a gate for continuous integration", async () => {
    const reached = delta(resultsOf("second"), "routing");
    const pass = await cli("compare", "first", "second", "--fail-below", `routing=${reached - 0.01}`);
    expect(pass.code).toBe(0);
    const gate = ["--fail-below", `routing=${reached + 0.01}`, "--fail-below", "routing-oracle=0"];
    const fail = await cli("compare", "first", "second", ...gate, "--json");
    expect(fail.code).toBe(3);
    expect(fail.stderr).toMatch(
      /below threshold routing=.*: Δ in the second run of routing is .*, less than/,
    );
    expect(JSON.parse(fail.stdout).failed).toHaveLength(1);
    const unknown = await cli("compare", "first", "second", "--fail-below", "nope=1");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(
      /no method "nope" in the second run[\s\S]*--fail-below[\s\S]*routing-oracle/,
    );
  });
});

describe("doctor", () => {
  it("finds that the default can run, and says what is wrong otherwise", async () => {
    const good = await cli("doctor", "--json");
    const report = JSON.parse(good.stdout);
    expect(report.checks.map((c: { what: string }) => c.what)).toEqual(
      expect.arrayContaining(["Node.js", "configuration", "judge sim:default"]),
    );
    expect(good.code).toBe(report.ok ? 0 : 1);
    const bad = await cli("doctor", "--set", "pool=k99");
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/NO +configuration +there is no pool "k99"/);
    expect(bad.stdout).toMatch(/choose one of k10/);
    const unreachable = '{"provider":"openai","model":"m","baseUrl":"http://127.0.0.1:9/v1"}';
    const server = await cli("doctor", "--set", `models.judge=${unreachable}`);
    expect(server.code).toBe(1);
    expect(server.stdout).toMatch(/NO +judge openai:m/);
  });
});
