import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Results, UserRecord } from "../../src/core/run-record.ts";
import { linesFile, type PaperUser } from "./paper-users.ts";
import { runCli } from "./run-cli.ts";

/** Imports users in the paper's form and runs the benchmark on them: they are its test users, word for word. */
export async function expectImportedRun(folder: string, originals: readonly PaperUser[]): Promise<void> {
  writeFileSync(join(folder, "paper.jsonl"), linesFile(originals));
  const paths = ["--conversations", "paper.jsonl", "--out", "own.jsonl"];
  const imported = await runCli(["data", "import", ...paths, "--json"], folder);
  expect(imported.code, imported.stderr).toBe(0);
  const count = originals.length;
  expect(JSON.parse(imported.stdout)).toMatchObject({ out: "own.jsonl", users: count, withResponses: 0 });
  expect(existsSync(join(folder, "own.jsonl"))).toBe(true);

  const sizes = ["--set", 'users={"train":40,"validation":12}', "--worlds", "2"];
  const flags = [...sizes, "--set", 'statistics={"resamples":200,"permutations":200}', "--out", "run"];
  const run = await runCli(["run", "--test-users", "own.jsonl", ...flags, "--json"], folder);
  expect(run.code, run.stderr).toBe(0);
  const results = JSON.parse(run.stdout) as Results;
  expect(results.users).toMatchObject({ train: 40, validation: 12, test: count, imported: "own.jsonl" });
  expect(results.config.pool.principles).toHaveLength(10);
  for (const { summary } of results.methods) expect(summary.users).toBe(count);
  expect(results.methods.find(({ id }) => id === "routing-oracle")?.summary.delta).toBeGreaterThan(1);

  const users: UserRecord[] = readFileSync(join(folder, "run", "users.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(users).toHaveLength(count);
  for (const [i, user] of users.entries()) {
    const original = originals[i]!;
    const prompts = original.conversations.map(
      ({ messages }) => messages.find(({ role }) => role === "user")?.content,
    );
    expect(user.user).toBe(`imported-${original.user_idx}`);
    expect(user.attributes).toEqual(original.rewrite_style_attributes);
    expect(user.history).toEqual(prompts.slice(0, 2));
    expect(user.prompt).toBe(prompts.at(-1));
  }
  expect(readFileSync(join(folder, "run", "report.html"), "utf8")).toContain("own.jsonl");
}
