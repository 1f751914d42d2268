import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { PYTHON } from "../support/python.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const EXAMPLES = join(import.meta.dirname, "..", "..", "examples", "answers-file");
const run = promisify(execFile);

beforeAll(async () => {
  const made = await runCli(["run", "--out", "run", "--methods", "none,routing,routing-oracle"], folder);
  expect(made.code).toBe(0);
  expect((await runCli(["data", "freeze", "run", "--out", "set"], folder)).code).toBe(0);
  expect((await runCli(["data", "tasks", "set", "--out", "tasks.jsonl"], folder)).code).toBe(0);
});

describe("the examples in Python", () => {
  it.each([
    // `-S -I`: nothing that was installed can be found.
    ["kindred.py", ["-S", "-I"]],
    ["classifier.py", []],
  ])("%s gains, on the default set", async (example, flags) => {
    await run(PYTHON, [...flags, join(EXAMPLES, example), "tasks.jsonl", "answers.jsonl"], { cwd: folder });
    const scored = ["score", "answers.jsonl", "--bundle", "set", "--name", example, "--out", example];
    expect((await runCli(scored, folder)).code).toBe(0);
    const { methods, usage }: Results = JSON.parse(
      readFileSync(join(folder, example, "results.json"), "utf8"),
    );
    const own = methods.find(({ name }) => name === example);
    expect(own?.summary.verdict).toBe("better");
    expect(usage.every(({ calls }) => calls === 0)).toBe(true);
  });

  it("the first is as short as the page says", () => {
    const lines = readFileSync(join(EXAMPLES, "kindred.py"), "utf8").trim().split("\n");
    expect(lines.filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(25);
  });
});
