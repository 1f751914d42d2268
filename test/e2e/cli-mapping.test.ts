import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import type { WorkedExample } from "../../src/studies/worked-example/example.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const mapping = (...args: string[]) => runCli(["mapping", ...args], folder);
const K4 = ["--set", "pool=k4"];

it("shows the first world of a run with the same configuration", async () => {
  const run = ["--set", 'users={"train":2,"validation":1,"test":2}', "--methods", "none", "--worlds", "2"];
  expect((await runCli(["run", ...K4, ...run, "--out", "run"], folder)).code).toBe(0);
  const { worlds } = JSON.parse(readFileSync(join(folder, "run", "results.json"), "utf8")) as Results;
  const { code, stdout, stderr } = await mapping(...K4, "--json");
  expect(code, stderr).toBe(0);
  expect((JSON.parse(stdout) as WorkedExample).world).toEqual(worlds[0]);
});

it("takes sides, scores, seed and kind, and prints what follows from them", async () => {
  const answers = ["--scores", "3,8,5,2", "--plain", "5,4,6,6"];
  const { code, stdout } = await mapping(...K4, "--attributes", "open-minded,-verbose", ...answers);
  expect(code).toBe(0);
  expect(stdout).toMatch(/a \(the user\) +−1 +0 +\+1 +0/);
  expect(stdout).not.toMatch(/made up|SIMULATED/);
  const dense = JSON.parse((await mapping(...K4, "--kind", "gaussian", "--seed", "2", "--json")).stdout);
  expect(dense.world.kind).toBe("gaussian");
  expect(dense.targets).toHaveLength(1);
  expect(dense.scoresAreMadeUp).toBe(true);
});

it("counts in tenths where the judge's answers do, and weighs all of stacked permutations", async () => {
  const tenths = ["--set", 'judge={"scale":100,"mapping":"tenth"}'];
  const scores = ["--scores", "0.1,0.1,0.1,0.1", "--plain", "10,10,10,10"];
  const stacked = ["--kind", "stacked-permutation", "--attributes", "-verbose"];
  const { code, stdout, stderr } = await mapping(...K4, ...tenths, ...scores, ...stacked, "--json");
  expect(code, stderr).toBe(0);
  const { targets } = JSON.parse(stdout) as WorkedExample;
  expect(targets.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
  for (const { direction, toward, plainToward } of targets)
    expect([toward, plainToward]).toEqual(direction === "follow" ? [0.1, 10] : [10.9, 1]);
  expect((await mapping(...K4, ...scores)).code).toBe(2);
});

it("reads a matrix from a file, and writes files where a folder is named", async () => {
  writeFileSync(join(folder, "c.json"), "[[0, 2], [-1, 0]]");
  const file = ["--set", "pool=k2", "--set", 'mapping={"kind":"file","file":"c.json"}'];
  const args = [...file, "--attributes", "conversational,neutral", "--out", "example"];
  const { code, stdout, stderr } = await mapping(...args);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/0\.67[\s\S]*0\.33/);
  expect(existsSync(join(folder, "example", "tables", "mapping.csv"))).toBe(true);
});

it.each([
  [["--attributes", "verbos"], /no attribute "verbos"; did you mean "verbose"/],
  [["--attributes", "verbose,-verbose"], /named twice/],
  [["--scores", "1,2,3"], /3 scores for 4 principles/],
  [["--scores", "1,2,3,11"], /numbers from 1 to 10/],
  [["--kind", "file"], /mapping\.file belong together/],
  [["--kind", "dense"], /Allowed choices/],
])("%j is wrong usage", async (args, message) => {
  const { code, stderr } = await mapping(...K4, ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
