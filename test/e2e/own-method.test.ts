import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CliResult, spawnCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const example = /```ts\n([\s\S]*?)```/.exec(
  readFileSync(join(import.meta.dirname, "..", "..", "docs", "own-method.md"), "utf8"),
)?.[1] as string;

/** As a process: there, configuration files are loaded as Node loads them. */
const runCli = (args: readonly string[]): Promise<CliResult> => spawnCli(args, folder).done;
const resultsOf = (out: string): Results =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
const write = (file: string, text: string): string => {
  writeFileSync(join(folder, file), text);
  return file;
};
const SMALL = [
  "--set",
  "users.train=16",
  "--set",
  "users.validation=4",
  "--set",
  "users.test=8",
  "--worlds",
  "1",
  "--set",
  "pool=k4",
];
const asksOf = ({ usage }: Pick<Results, "usage">): Record<string, number> =>
  Object.fromEntries(usage.map((u) => [u.role, u.calls + u.cacheHits - u.repeats]));

describe("a method that a configuration file defines", () => {
  it("gains, as the documented example does, and stands beside the built-in ones", async () => {
    const file = write("gains.config.ts", example);
    const size = ["--set", "users.train=300", "--set", "users.test=150", "--worlds", "3"];
    const { code, stderr } = await runCli(["run", file, "--out", "gains", "--set", "pool=k4", ...size]);
    expect(code, stderr).toBe(0);
    const { methods } = resultsOf("gains");
    expect(methods.map(({ id, name }) => [id, name])).toEqual([
      ["none", "none"],
      ["routing", "routing"],
      ["kindred", "kindred writers"],
    ]);
    const { summary, about, labels } = methods[2]!;
    expect(summary.verdict).toBe("better");
    expect(summary.deltaCi95![0]).toBeGreaterThan(0);
    expect(about).toMatchObject({ id: "kindred", role: "method", readsHistory: true });
    expect(labels).toBeDefined();
    const report = readFileSync(join(folder, "gains", "report.html"), "utf8");
    expect(report).toContain("kindred writers");
  });

  it("is stored, goes on without asking again, and is asked again under a new version", async () => {
    const file = write("version.config.ts", example);
    const run = async (...flags: string[]): Promise<Results> => {
      const { code, stderr } = await runCli(["run", file, "--out", "version", ...SMALL, ...flags]);
      expect(code, stderr).toBe(0);
      return resultsOf("version");
    };
    const first = await run();
    const again = await run();
    expect(again.methods).toEqual(first.methods);
    // Its answers are there: base LLM is asked for routing's and the plain ones alone.
    expect(asksOf(first).base! - asksOf(again).base!).toBe(8);
    write("version.config.ts", example.replace('version: "1"', 'version: "2"'));
    // Node keeps a module for as long as a process lives: a new process sees the new file.
    expect(asksOf(await run("--replace")).base).toBe(asksOf(first).base);
  });

  it("is estimated, audited and put to questions, and is refused when it is gone or another version", async () => {
    const file = write("beside.config.ts", example);
    const estimate = await runCli(["estimate", file, "--json", ...SMALL]);
    const run = await runCli(["run", file, "--out", "beside", "--json", ...SMALL]);
    expect(run.code, run.stderr).toBe(0);
    const { rows } = JSON.parse(estimate.stdout) as { rows: { role: string; asks: number }[] };
    expect(Object.fromEntries(rows.map(({ role, asks }) => [role, asks]))).toEqual(
      asksOf(JSON.parse(run.stdout)),
    );
    const config = JSON.parse(readFileSync(join(folder, "beside", "config.json"), "utf8"));
    expect(config.methods[2]).toMatchObject({ id: "kindred", object: { file, version: "1" } });
    expect(JSON.stringify(resultsOf("beside").config)).not.toContain(file);

    const audit = await runCli(["audit", "beside", "--json"]);
    expect(audit.code, audit.stderr).toBe(0);
    expect(audit.stdout).toContain("kindred writers");
    const commands = {
      audit: ["audit", "beside"],
      robustness: ["robustness", "beside", "--questions", "2"],
      rejudge: ["rejudge", "beside", "--judge", "sim:default"],
      sweep: ["sweep", "beside/config.json", "--out", "swept", "--vary", "historyLength=1,2"],
    };
    expect((await runCli(commands.robustness)).code).toBe(0);
    const refused = async (says: RegExp): Promise<void> => {
      for (const [name, args] of Object.entries(commands)) {
        const { code, stderr } = await runCli(args);
        expect({ name, code, stderr }).toMatchObject({ name, code: 2, stderr: expect.stringMatching(says) });
      }
    };
    write("beside.config.ts", example.replace('version: "1"', 'version: "2"'));
    await refused(/"kindred" is another version: it was 1, now 2[\s\S]*bring back the file/);
    rmSync(join(folder, file));
    await refused(/beside\.config\.ts is gone[\s\S]*bring back the file/);
    expect((await runCli(["report", "beside"])).code).toBe(0);
  });

  it("that cannot be one is refused by name, and its own errors say whose they are", async () => {
    const wrong = async (from: string, to: string, says: RegExp, code = 2): Promise<void> => {
      const file = write("wrong.config.ts", example.replace(from, to));
      const run = await runCli(["run", file, "--out", "wrong", ...SMALL]);
      expect(run).toMatchObject({ code, stderr: expect.stringMatching(says) });
    };
    await wrong('id: "kindred"', 'id: "routing"', /id "routing" is that of a method of the package/);
    await wrong('version: "1"', 'version: ""', /"kindred" has no version/);
    await wrong("return { text, label };", "return { answer: text };", /something that has no text/, 1);
    await wrong(
      "return { text, label };",
      'throw new Error("oops");',
      /the method "kindred" failed: oops/,
      1,
    );
  });
});
