import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli, startCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
/** At this seed some rewrites fail, so that users are replaced. */
const CONFIG = {
  pool: "k4",
  users: { train: 24, validation: 6, test: 14 },
  conversations: { perUser: 4 },
  worlds: 2,
  methods: ["none", "routing", "routing-oracle", "rag-summary", "in-context"],
  statistics: { resamples: 20, permutations: 20 },
};
writeFileSync(join(folder, "c.json"), JSON.stringify(CONFIG));

const cli = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCli(args, folder);
  expect(code, stderr).toBe(0);
  return stdout;
};
const run = (...args: string[]) => cli("run", "c.json", "--json", ...args);
const file = (dir: string, name: string): string => readFileSync(join(folder, dir, name), "utf8");
const paid = ({ usage }: Pick<Results, "usage">): number => usage.reduce((n, row) => n + row.calls, 0);

describe("shards", () => {
  it("in two rounds make all calls of a run, each once, and the run has the same bytes", async () => {
    const whole = JSON.parse(await run("--out", "one")) as Results;
    let calls = 0;
    let failed = 0;
    for (const i of [1, 2, 3]) {
      const done = JSON.parse(await run("--out", "x", "--shard", `${i}/3`));
      expect(done).toMatchObject({ stage: "users", dir: `x-shard-${i}-of-3` });
      calls += paid(done);
      failed += done.failed;
    }
    const early = await runCli(
      ["run", "c.json", "--out", "x", "--stage", "answers", "--shard", "1/2"],
      folder,
    );
    expect(early).toMatchObject({ code: 2, stderr: expect.stringContaining("has not all that its users") });
    await cli("store", "merge", "x", "x-shard-1-of-3", "x-shard-2-of-3", "x-shard-3-of-3");
    const fitted = JSON.parse(await run("--out", "x", "--stage", "fit"));
    expect(fitted).toMatchObject({ stage: "fit", dir: "x" });
    calls += paid(fitted);
    for (const i of [1, 2]) {
      const done = JSON.parse(await run("--out", "x", "--stage", "answers", "--shard", `${i}/2`));
      expect(done.dir).toBe(`x-answers-${i}-of-2`);
      calls += paid(done);
    }
    await cli("store", "merge", "x", "x-answers-1-of-2", "x-answers-2-of-2");
    const last = JSON.parse(await run("--out", "x")) as Results;
    expect(paid(last)).toBe(0);
    expect(last.users.replaced).toBe(failed);
    for (const name of ["samples.jsonl", "users.jsonl"]) expect(file("x", name)).toBe(file("one", name));
    expect(calls).toBe(paid(whole));
  });

  it("alone, without other rounds, leave the rest to the run", async () => {
    await run("--out", "y", "--shard", "2/2");
    await cli("store", "merge", "y", "y-shard-2-of-2");
    const last = JSON.parse(await run("--out", "y")) as Results;
    expect(paid(last)).toBeGreaterThan(0);
    expect(file("y", "samples.jsonl")).toBe(file("one", "samples.jsonl"));
  });

  it("go on where they were, and find what the run's directory has", async () => {
    const stopped = startCli(["run", "c.json", "--out", "z", "--shard", "1/2"], folder);
    while (!stopped.printed.stderr.includes("train users")) await new Promise((r) => setTimeout(r, 5));
    stopped.stop();
    expect((await stopped.done).code).not.toBe(2);
    await run("--out", "z", "--shard", "1/2");
    expect(paid(JSON.parse(await run("--out", "z", "--shard", "1/2")))).toBe(0);
    await cli("store", "merge", "z", "z-shard-1-of-2");
    rmSync(join(folder, "z-shard-1-of-2"), { recursive: true });
    expect(paid(JSON.parse(await run("--out", "z", "--shard", "1/2")))).toBe(0);
  });

  it("by stages have the same calls", async () => {
    const made = JSON.parse(await run("--out", "s", "--shard", "1/3", "--set", "schedule=stages"));
    await cli("store", "merge", "s", "s-shard-1-of-3");
    expect(paid(made)).toBeGreaterThan(0);
    expect(paid(JSON.parse(await run("--out", "s", "--shard", "1/3", "--shard-out", "other")))).toBe(0);
  });

  it("have their part of the budget, and stop at it", async () => {
    const budget = ["--set", "budget.calls=100"];
    const { code, stderr } = await runCli(
      ["run", "c.json", "--out", "b", "--shard", "1/4", ...budget],
      folder,
    );
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("budget of 25 calls");
  });

  it("are refused where they make no sense", async () => {
    for (const shard of ["0/3", "4/3", "2", "a/b", "1/2/3"]) {
      expect((await runCli(["run", "--shard", shard], folder)).code).toBe(2);
    }
    await run("--out", "w", "--shard", "1/9");
    const other = await runCli(["run", "--set", "pool=k2", "--out", "w", "--shard", "1/9"], folder);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("another configuration") });
  });

  it("are estimated on their own", async () => {
    const rows = async (...args: string[]) =>
      JSON.parse(await cli("estimate", "c.json", "--json", ...args)).total.calls as number;
    const users = await rows("--stage", "users");
    expect(await rows("--shard", "1/4")).toBeCloseTo(users / 4, -1);
    expect(users + (await rows("--stage", "answers"))).toBeCloseTo(await rows(), -1);
  });
});
