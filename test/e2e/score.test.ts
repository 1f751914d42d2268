import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { MethodResult, Results, Sample } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const CONFIG = {
  pool: "k2",
  users: { train: 24, validation: 4, test: 10 },
  worlds: 2,
  methods: ["none", "routing", "routing-oracle", "rag-summary"],
};
const lines = <T>(file: string): T[] =>
  readFileSync(join(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const results = (dir: string): Results => JSON.parse(readFileSync(join(folder, dir, "results.json"), "utf8"));
const cli = (...args: string[]) => runCli(args, folder);

interface Task {
  readonly split: string;
  readonly user: string;
  readonly candidates?: readonly { principle: string; direction: string; rewards: Record<string, number> }[];
}

/** Answers as a method's samples have them. @param line what stands for one answer */
function writeAnswers(file: string, method: string, line: (sample: Sample) => object): void {
  const worlds = results("run").worlds.map(({ seed }) => seed);
  const answers = lines<Sample>("run/samples.jsonl").flatMap((sample) =>
    sample.method === method
      ? [{ world: `world-${worlds.indexOf(sample.world) + 1}`, user: sample.user, ...line(sample) }]
      : [],
  );
  writeFileSync(join(folder, file), answers.map((answer) => JSON.stringify(answer)).join("\n"));
}

const figures = (dir: string, method: string): Partial<MethodResult["summary"]> => {
  const found = results(dir).methods.find(({ name }) => name === method);
  const {
    pValueAdjusted: _,
    minimalDetectableEffectAdjusted: __,
    shareOfOracle: ___,
    ...own
  } = found!.summary;
  return own;
};

beforeAll(async () => {
  writeFileSync(join(folder, "config.json"), JSON.stringify(CONFIG));
  expect((await cli("run", "config.json", "--out", "run")).code).toBe(0);
  expect((await cli("data", "freeze", "run", "--out", "set")).code).toBe(0);
});

describe("tasks of a frozen set", () => {
  it("are those of its run: rewards of train users by world, and of test users history and prompt alone", async () => {
    expect((await cli("data", "tasks", "set", "--out", "tasks.jsonl")).code).toBe(0);
    expect((await cli("data", "tasks", "run", "--out", "of-run.jsonl")).code).toBe(0);
    const [head, ...users] = lines<Task>("tasks.jsonl");
    const [, ...same] = lines<Task>("of-run.jsonl");
    expect(users).toEqual(same);
    expect(head).toMatchObject({
      worlds: ["world-1", "world-2"],
      simulated: ["rewriter", "candidate", "base", "judge"],
    });
    const test = users.filter(({ split }) => split === "test");
    expect(test.map((user) => Object.keys(user).join(" "))).toEqual(
      Array(10).fill("split user history prompt"),
    );
    const [candidate] = users[0]!.candidates!;
    expect(candidate!.rewards["world-1"]).toBeGreaterThanOrEqual(1);
    // Neither whom the users are nor what the worlds are.
    const text = readFileSync(join(folder, "tasks.jsonl"), "utf8");
    for (const { seed } of results("run").worlds) expect(text).not.toContain(String(seed));
    expect(text).not.toContain("attributes");
  });
});

describe("answers that came as a file", () => {
  it("by a style have the figures of the method that chose it, and ask nobody", async () => {
    writeAnswers("labels.jsonl", "routing", ({ label }) => ({ label }));
    const score = ["score", "labels.jsonl", "--bundle", "set"];
    const estimate = await cli(...score, "--estimate", "--json");
    expect(JSON.parse(estimate.stdout)).toMatchObject({ calls: 0, missing: 0 });
    const { code } = await cli(...score, "--name", "mine", "--out", "by-label", "--received", "2026-02-01");
    expect(code).toBe(0);
    expect(figures("by-label", "mine")).toEqual(figures("run", "routing"));
    const { usage, submission, methods } = results("by-label");
    expect(usage.every(({ calls }) => calls === 0)).toBe(true);
    expect(submission).toMatchObject({ method: "mine", received: "2026-02-01" });
    // The built-in methods beside it, with the figures of their own run.
    expect(methods.map(({ name }) => name)).toEqual([
      ...results("run").methods.map(({ name }) => name),
      "mine",
    ]);
    for (const { name } of results("run").methods)
      expect(figures("by-label", name)).toEqual(figures("run", name));
  });

  it("in words of their own are scored by the set's judge, as often as the estimate says", async () => {
    writeAnswers("texts.jsonl", "routing", ({ answer, user, world }) => ({
      answer: `${answer} (${user} ${world})`,
    }));
    const score = ["score", "texts.jsonl", "--bundle", "set"];
    const { calls } = JSON.parse((await cli(...score, "--estimate", "--json")).stdout);
    expect(calls).toBe(20);
    const asked = await cli("estimate", "--bundle", "set", "--answers", "texts.jsonl");
    expect(asked.stdout).toContain("is asked for 20; the rest stands in the set");
    expect((await cli(...score, "--out", "by-text")).code).toBe(0);
    const judge = results("by-text").usage.find(({ role }) => role === "judge")!;
    expect(judge.calls + judge.cacheHits - judge.repeats).toBe(calls);
    // The same command again finds them.
    expect((await cli(...score, "--out", "by-text")).code).toBe(0);
    expect(results("by-text").usage.every((row) => row.calls === 0)).toBe(true);
  });

  it("that are missing count as missing", async () => {
    writeAnswers("some.jsonl", "routing", ({ label, user }) =>
      user < "test-00005" ? { label } : { answer: null },
    );
    const { code } = await cli("score", "some.jsonl", "--bundle", "set", "--out", "some");
    expect(code).toBe(0);
    expect(results("some").methods.at(-1)!.summary).toMatchObject({ missing: 10 });
  });

  it.each([
    [{ world: "world-3", user: "test-00000", answer: "x" }, 'the set has no world "world-3"'],
    [{ world: "world-1", user: "train-00000", answer: "x" }, 'the set has no test user "train-00000"'],
    [
      { world: "world-1", user: "test-00000", label: { principle: "loud", direction: "follow" } },
      "has no style",
    ],
    [{ world: "world-1", user: "test-00000", text: "x" }, "Unrecognized key"],
    [{ world: "world-1", user: "test-00000", answer: "x".repeat(100_001) }, "Too big"],
  ])("are refused where they answer nobody: %j", async (line, words) => {
    writeFileSync(join(folder, "wrong.jsonl"), JSON.stringify(line));
    const { code, stderr } = await cli("score", "wrong.jsonl", "--bundle", "set", "--out", "w");
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it("are refused twice, and under the name of a method of the set", async () => {
    const line = JSON.stringify({ world: "world-1", user: "test-00000", answer: "x" });
    writeFileSync(join(folder, "twice.jsonl"), `${line}\n${line}\n`);
    expect((await cli("score", "twice.jsonl", "--bundle", "set")).stderr).toContain("is answered twice");
    expect((await cli("score", "labels.jsonl", "--bundle", "set", "--name", "routing")).stderr).toContain(
      'has a method "routing" already',
    );
  });
});
