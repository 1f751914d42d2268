import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
/** So many train users that threads are started for them. */
const SETTINGS = [
  ...["--preset", "smoke", "--worlds", "2", "--methods", "none,routing,rag-exemplar,routing-oracle"],
  ...["--set", "pool=k10", "--set", 'users={"train":96,"validation":4,"test":8}'],
  ...["--set", 'statistics={"resamples":200,"permutations":200}'],
];
const FILES = ["samples.jsonl", "users.jsonl", "results.json"];
const read = (out: string): string[] => FILES.map((file) => readFileSync(join(folder, out, file), "utf8"));

describe("a run in threads", () => {
  it("has the bytes of a run in one, its usage included; a second run in the directory pays for nothing", async () => {
    const run = (out: string, threads: string) =>
      runCli(["run", ...SETTINGS, "--out", out, "--threads", threads], folder);
    for (const [out, threads] of [
      ["one", "1"],
      ["three", "3"],
    ] as const) {
      const { code, stderr } = await run(out, threads);
      expect(code, stderr).toBe(0);
    }
    expect(read("three")).toEqual(read("one"));
    const { code, stderr } = await run("three", "2");
    expect(code, stderr).toBe(0);
    const [, , results] = read("three");
    const { usage } = JSON.parse(results as string) as { usage: { calls: number }[] };
    expect(usage.map(({ calls }) => calls)).toEqual(usage.map(() => 0));
    expect(read("three").slice(0, 2)).toEqual(read("one").slice(0, 2));
  });
});
