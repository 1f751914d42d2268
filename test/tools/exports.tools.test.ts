import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results, Sample } from "../../src/core/run-record.ts";
import { junitXml } from "../../src/exports/junit.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

/*
 * What we export, read by the tools that it is for. Their packages: test/tools/requirements.txt, in an environment that
 * `.ci/run` makes; APM_TOOLS names another.
 */

const TOOLS =
  process.env.APM_TOOLS ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "apm-bench", "tools");
const PYTHON = join(TOOLS, "bin", "python");
const ROOT = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);
const python = async (code: string, cwd: string): Promise<string> =>
  (await run(PYTHON, ["-c", code], { cwd, maxBuffer: 1 << 26 })).stdout;

const folder = temporaryFolder();
const textOf = (path: string): string => readFileSync(join(folder, path), "utf8");
let results: Results;
let samples: Sample[];
const files = new Map<string, string[]>();

beforeAll(async () => {
  const small = ["--set", 'users={"train":8,"validation":2,"test":6}', "--worlds", "2", "--set", "pool=k2"];
  const methods = ["--methods", "none,routing-oracle,routing,in-context"];
  expect((await runCli(["run", ...small, ...methods, "--out", "run"], folder)).code).toBe(0);
  results = JSON.parse(textOf("run/results.json"));
  samples = textOf("run/samples.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const format of ["parquet", "every-eval-ever", "inspect"]) {
    const { stdout, stderr, code } = await runCli(["export", "run", "--format", format, "--json"], folder);
    expect(code, stderr).toBe(0);
    files.set(format, JSON.parse(stdout).files);
  }
});

it("has the environment that it needs", () => {
  expect(existsSync(PYTHON), `no ${PYTHON}: see CONTRIBUTING.md, or set APM_TOOLS`).toBe(true);
});

describe("Parquet", () => {
  const dir = join(folder, "run", "exports", "parquet");

  it("is read by pandas with the run's figures and types", async () => {
    const script = `
import json, pandas as pd
s = pd.read_parquet("samples.parquet")
g = s.groupby(["method", "world"]).difference.mean().groupby("method").mean()
print(json.dumps({"gains": g.to_dict(), "types": {c: str(t) for c, t in s.dtypes.items()}, "rows": len(s),
  "nulls": int(s.difference.isna().sum())}))`;
    const found = JSON.parse(await python(script, dir));
    for (const { name, summary } of results.methods) {
      expect(found.gains[name]).toBeCloseTo(name === "none" ? 0 : (summary.delta as number), 9);
    }
    expect(found.types).toMatchObject({ world: "int32", difference: "float64", simulated: "bool" });
    expect([found.rows, found.nulls]).toEqual([
      samples.length,
      samples.filter((s) => s.difference === null).length,
    ]);
  });

  it("gives the figures of docs/exports.md, with pandas, Polars and DuckDB", async () => {
    const page = readFileSync(join(ROOT, "docs", "exports.md"), "utf8");
    const [, lines = ""] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
    const printed = await python(lines, dir);
    const gain = results.methods.find(({ name }) => name === "routing")?.summary.delta as number;
    expect(printed).toMatch(new RegExp(`routing +${gain.toFixed(3).replace(/0+$/, "").replace(".", "\\.")}`));
    for (const principle of results.config.pool.principles) expect(printed).toContain(principle);
    const { stdout } = await run(
      PYTHON,
      ["-c", "import duckdb; print(duckdb.sql(\"SELECT count(*) FROM 'ratings.parquet'\").fetchall()[0][0])"],
      { cwd: dir },
    );
    expect(Number(stdout)).toBe(results.ratings.asked);
  });
});

describe("Every Eval Ever", async () => {
  // The package needs Python 3.12; where the machine has none, it is not there.
  const isThere = existsSync(join(TOOLS, "bin", "every_eval_ever"));

  it.runIf(isThere)("takes record and instances without an error or a warning", async () => {
    const dir = join(folder, "run", "exports", "every-eval-ever");
    const [record = "", instances = ""] = (files.get("every-eval-ever") ?? []).map((f) =>
      f.slice("run/exports/every-eval-ever/".length),
    );
    const { stdout } = await run(join(TOOLS, "bin", "every_eval_ever"), ["validate", record, instances], {
      cwd: dir,
    });
    expect(stdout).toContain("2 passed, 0 warning-only, 0 failed (0 errors, 0 warnings)");
  });
});

describe("Inspect", () => {
  it("reads every log, with the run's figures, and makes data frames of them", async () => {
    const script = `
import json
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.analysis import samples_df
logs = [read_eval_log(f) for f in list_eval_logs("inspect")]
frame = samples_df("inspect")
print(json.dumps({"logs": {l.eval.task_display_name: {"status": l.status, "samples": len(l.samples), "tags": l.eval.tags,
  "roles": l.eval.metadata["simulatedRoles"], "mean": l.results.scores[0].metrics["mean"].value,
  "own": [s.scores["gain"].value for s in l.samples if "gain" in s.scores],
  "answers": [s.output.completion for s in l.samples]} for l in logs}, "rows": len(frame), "columns": list(frame.columns)}))`;
    const found = JSON.parse(await python(script, join(folder, "run", "exports")));
    expect(Object.keys(found.logs).sort()).toEqual(results.methods.map(({ name }) => name).sort());
    for (const { name, summary } of results.methods) {
      const own = samples.filter(({ method }) => method === name);
      expect(found.logs[name]).toMatchObject({
        ...{ status: "success", samples: own.length, tags: ["simulated"] },
        ...{ roles: ["rewriter", "candidate", "base", "judge"] },
        mean: name === "none" ? summary.meanReward : summary.delta,
      });
      expect(found.logs[name].answers.sort()).toEqual(own.map(({ answer }) => answer ?? "").sort());
      if (name === "none") continue;
      const gains = own.flatMap(({ difference }) => (difference === null ? [] : [difference]));
      expect(found.logs[name].own.sort()).toEqual(gains.sort());
    }
    expect(found.rows).toBe(samples.length);
    expect(found.columns).toEqual(
      expect.arrayContaining(["score_gain", "score_reward", "metadata_simulated"]),
    );
  });
});

it("JUnit is XML to a parser that is strict, whatever a method is called", async () => {
  const name = `]]>&#13; "<a>" \u0000\u001b\ufffe\ud800 '`;
  const xml = junitXml({
    ...{ first: "a", second: "b", thresholds: [{ left: name, least: 1 }] },
    comparison: { changes: [], onlyA: [], onlyB: [] },
    broken: [{ rule: `${name}=1`, method: name, quantity: "delta", value: null, delta: 1 }],
    mark: { simulated: true, simulatedRoles: ["judge"] },
  });
  mkdirSync(join(folder, "junit"), { recursive: true });
  writeFileSync(join(folder, "junit", "gate.xml"), xml);
  const script = `
import xml.etree.ElementTree as E
case = E.parse("gate.xml").getroot().find(".//testcase")
print(ascii(case.get("name")), case.find("failure") is not None)`;
  const printed = await python(script, join(folder, "junit"));
  expect(printed.trim()).toBe(`']]>&#13; "<a>" \\ufffd\\ufffd\\ufffd\\ufffd \\'=1' True`);
});

describe("this repository's own files", () => {
  it("Dockerfile: hadolint finds nothing", async () => {
    await expect(run(join(TOOLS, "bin", "hadolint"), ["Dockerfile"], { cwd: ROOT })).resolves.toMatchObject({
      stdout: "",
    });
  });

  it("action.yml is an action by GitHub's own schema", async () => {
    const args = ["--builtin-schema", "vendor.github-actions", "action.yml"];
    const { stdout } = await run(join(TOOLS, "bin", "check-jsonschema"), args, { cwd: ROOT });
    expect(stdout).toContain("ok");
  });
});
