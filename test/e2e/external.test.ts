import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Results, Sample } from "../../src/core/run-record.ts";
import { runCli } from "../support/run-cli.ts";

const SERVER = join(import.meta.dirname, "..", "..", "examples", "external-server", "server.js");
const folder = mkdtempSync(join(tmpdir(), "apm-external-"));
let server: ChildProcess;

beforeAll(async () => {
  server = spawn(process.execPath, [SERVER, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const greeting = await new Promise<string>((resolve) =>
    server.stdout?.once("data", (piece) => resolve(String(piece))),
  );
  const url = /http:\S+/.exec(greeting)?.[0];
  const config = {
    pool: "k2",
    users: { train: 16, validation: 4, test: 10 },
    worlds: 2,
    statistics: { resamples: 50, permutations: 50 },
    methods: [
      "none",
      { id: "external", name: "mirror", url },
      { id: "external", name: "nearest", url, fit: true },
    ],
    out: "run",
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
});
afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true });
});

/** @param out relative to the folder */
const runIn = async (out: string): Promise<{ results: Results; samples: Sample[] }> => {
  const { code, stdout, stderr } = await runCli(["run", "config.json", "--json", "--out", out], folder);
  expect(stderr).not.toContain("error:");
  expect(code).toBe(0);
  const lines = readFileSync(join(folder, out, "samples.jsonl"), "utf8")
    .trim()
    .split("\n");
  return { results: JSON.parse(stdout), samples: lines.map((line) => JSON.parse(line)) };
};

describe("the example server as a method", () => {
  it("spends from a budget of calls, and goes on where it stopped", async () => {
    const { users, worlds, usage } = (await runIn("whole")).results;
    expect([users.test, worlds.length]).toEqual([10, 2]);
    const ours = usage.filter((u) => u.role !== "external").reduce((sum, u) => sum + u.calls, 0);
    const budget = ["--out", "tight", "--set", `budget.calls=${ours}`];
    const stopped = await runCli(["run", "config.json", ...budget], folder);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain(`budget of ${ours} calls`);
    expect((await runCli(["run", "config.json", ...budget, "--budget-more"], folder)).code).toBe(0);
  });

  it("answers all test users from the command line; what it answered is not asked again", async () => {
    const first = await runIn("run");
    const answersOf = (name: string) => first.samples.filter((s) => s.method === name).map((s) => s.answer);
    expect(answersOf("mirror").length).toBe(20);
    for (const answer of answersOf("mirror")) expect(answer).toMatch(/About ".*": start with the one thing/);
    for (const answer of answersOf("nearest")) expect(answer).toMatch(/^(In a way that is|Not at all) /);
    expect(first.results.methods.map((m) => m.name)).toEqual(["none", "mirror", "nearest"]);
    for (const { summary } of first.results.methods) expect(summary.missing).toBe(0);
    // 10 users once for the mirror, in each of 2 worlds for the one that learns, and 2 fits.
    const asked = first.results.usage.filter((u) => u.role === "external");
    expect(asked.map(({ calls, costUsd, failures }) => ({ calls, costUsd, failures }))).toEqual([
      { calls: 30, costUsd: null, failures: 0 },
      { calls: 2, costUsd: null, failures: 0 },
    ]);
    expect(asked[1]?.model).toBe(`${asked[0]?.model.replace(/\/$/, "")}/fit`);

    const ended = new Promise((done) => server.once("exit", done));
    server.kill();
    await ended;
    const second = await runIn("run");
    expect(second.samples).toEqual(first.samples);
    const fresh = await runCli(["run", "config.json", "--out", "fresh"], folder);
    expect(fresh.code).toBe(1);
    expect(fresh.stderr).toMatch(
      /nearest is not there: connection refused|mirror is not there: connection refused/,
    );
    expect(fresh.stderr).toContain("start the system before the run");
  });

  it("is not asked for an estimate", async () => {
    const { code, stdout } = await runCli(["estimate", "config.json", "--json"], folder);
    expect(code).toBe(0);
    expect(JSON.stringify(JSON.parse(stdout))).toContain("judge");
  });
});
