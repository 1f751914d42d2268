import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results, Sample } from "../../src/core/run-record.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import type { SweepCell, SweepRecord } from "../../src/studies/sweep/record.ts";
import { judgeReader } from "../../src/viewer/judge-output.ts";
import { faultServer } from "../contracts/fault-server.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const cli = (...args: string[]) => runCli(args, folder);
const textOf = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const recordOf = (out: string): SweepRecord => JSON.parse(textOf(out, "sweep.json"));

const SMALL = [
  ...["--set", 'users={"train":14,"validation":4,"test":8}', "--worlds", "2", "--set", "pool=k2"],
  ...["--set", 'statistics={"resamples":200,"permutations":200}'],
];
const LABELS = [
  "sweep",
  ...SMALL,
  "--methods",
  "none,routing,routing-oracle",
  "--vary",
  "methods.routing.labels=margin,soft",
];
const madeBy = ({ usage }: SweepCell, role?: string): number =>
  usage.filter((row) => role === undefined || row.role === role).reduce((n, row) => n + row.calls, 0);
const outcome = ({ cells, keys, config }: SweepRecord) => ({
  keys,
  config,
  cells: cells.map(({ usage: _, ...cell }) => cell),
});

describe("sweep over train users", () => {
  it("draws learning curves, and says what the data cannot", async () => {
    const sizes = ["--vary", "users.train=8,16,32", "--methods", "none,routing,in-context,routing-oracle"];
    const { code, stdout, stderr } = await cli("sweep", ...SMALL, ...sizes, "--out", "train");
    expect(code, stderr).toBe(0);
    const { learningCurves, cells } = recordOf("train");
    const [routing, unlearned] = learningCurves;
    expect([routing?.name, unlearned?.name]).toEqual(["routing", "in-context history"]);
    for (const [i, { users, gain }] of routing!.points.entries()) {
      const cell = cells[i]!.methods.find(({ id }) => id === "routing");
      expect(users).toBe([8, 16, 32][i]);
      expect(gain).toBeCloseTo(cell!.delta!, 12);
    }
    expect(routing!.fit!.b).toBeGreaterThanOrEqual(0);
    expect(routing!.needed.map(({ share }) => share)).toEqual([0.5, 0.8]);
    for (const { users } of routing!.needed) expect(users ?? 0).toBeLessThanOrEqual(4 * 32);
    expect(unlearned!.fit).toBeNull();
    // A cell pays for its further train users alone.
    expect(madeBy(cells[1]!, "rewriter")).toBeLessThan(madeBy(cells[0]!, "rewriter"));
    // A cell's calls are in the sweep's store: a study beside it asks none of them again.
    const explained = await cli("explain", join("train", cells[1]!.folder), "--estimate", "--json");
    expect(explained.code, explained.stderr).toBe(0);
    expect(JSON.parse(explained.stdout).newCalls).toMatchObject({ rewriter: 0, candidate: 0 });
    expect(stdout).toMatch(/routing: gain = .* n\^\(−[\s\S]*in-context history gains the same/);
    expect(textOf("train", "figures", "learning-curves.svg")).toMatch(
      /aria-label="Gain against train users\. routing: 8 [+−]/,
    );
  });
});

describe("sweep over label strategies", () => {
  let printed: SweepRecord;
  beforeAll(async () => {
    const { code, stdout, stderr } = await cli(...LABELS, "--out", "labels", "--json");
    expect(code, stderr).toBe(0);
    printed = JSON.parse(stdout);
  });

  it("says what was varied and what came out, with intervals and paired changes", () => {
    expect(printed).toEqual(recordOf("labels"));
    expect(printed).toMatchObject({
      schema: "apm-bench/sweep@1",
      simulated: true,
      ablation: null,
      failed: [],
    });
    expect(printed.keys).toEqual([{ key: "methods.routing.labels", values: ["margin", "soft"] }]);
    const [margin, soft] = printed.cells as [SweepCell, SweepCell];
    expect([margin, soft].map(({ values }) => values["methods.routing.labels"])).toEqual(["margin", "soft"]);
    for (const { methods } of [margin, soft]) {
      expect(methods.map(({ id }) => id)).toEqual(["routing", "routing-oracle"]);
      for (const { delta, deltaCi95 } of methods) {
        expect(delta).toBeGreaterThanOrEqual(deltaCi95![0]);
        expect(delta).toBeLessThanOrEqual(deltaCi95![1]);
      }
    }
    expect(margin.methods.every(({ change }) => change === null)).toBe(true);
    const [routing, oracle] = soft.methods;
    expect(routing!.change?.kind).toBe("paired");
    expect(routing!.change!.delta).toBeCloseTo(routing!.delta! - margin.methods[0]!.delta!, 10);
    expect(oracle!.change).toMatchObject({ delta: 0, ci95: [0, 0], pValue: 1 });
  });

  it("pays for users, candidates and ratings once, whatever the worlds and label strategies", () => {
    const [margin, soft] = printed.cells as [SweepCell, SweepCell];
    for (const role of ["base", "candidate", "rewriter", "judge"]) {
      expect(madeBy(margin, role), role).toBeGreaterThan(0);
      expect(madeBy(soft, role), role).toBe(0);
    }
    expect(printed.storedCalls).toBe(madeBy(margin));
    expect(printed.usage.reduce((n, row) => n + row.calls, 0)).toBe(madeBy(margin));
    const usage = textOf("labels", "tables", "usage.csv").split("\r\n");
    expect(usage.find((line) => line.startsWith("methods.routing.labels=soft,judge"))).toMatch(
      /,sim:default,0,[1-9]/,
    );
  });

  it("leaves a whole run of every cell, the same as the run command makes", async () => {
    const args = ["run", ...SMALL, "--methods", "none,routing,routing-oracle", "--out", "alone"];
    expect((await cli(...args)).code).toBe(0);
    const { usage: _, ...alone } = JSON.parse(textOf("alone", "results.json")) as Results;
    const { usage: __, ...cell } = JSON.parse(
      textOf("labels", printed.cells[0]!.folder, "results.json"),
    ) as Results;
    const explicit = cell.config.methods.map((m) => (m.id === "routing" ? { id: m.id } : m));
    expect({ ...cell, config: { ...cell.config, methods: explicit } }).toEqual(alone);
    expect(existsSync(join(folder, "labels", printed.cells[1]!.folder, "report.html"))).toBe(true);
  });

  it("lets the viewer find what the judge wrote in the store of the sweep", () => {
    const dir = join(folder, "labels", printed.cells[1]!.folder);
    const results = JSON.parse(readFileSync(join(dir, "results.json"), "utf8")) as Results;
    const sample = JSON.parse(readFileSync(join(dir, "samples.jsonl"), "utf8").split("\n")[0]!) as Sample;
    const reader = judgeReader(dir);
    const judged = { text: sample.answer!, prompt: null };
    const { asks } = reader.outputs(results, judged, sample.scores[0]!.principle, "first");
    reader.close();
    expect(asks.at(-1)!.text.text).toBe(String(sample.scores[0]!.score));
  });

  it("draws a figure, and tables for people, papers and programs", () => {
    const figure = textOf("labels", "figures", "by-methods-routing-labels.svg");
    for (const name of ["margin", "soft", "routing oracle"]) expect(figure).toContain(`>${name}</text>`);
    expect(textOf("labels", "tables", "cells.csv").split("\r\n")).toHaveLength(1 + 4 + 1);
    expect(textOf("labels", "tables", "gains.tex")).toContain("methods.routing.labels=soft");
    const page = textOf("labels", "sweep.html");
    expect(page).toMatch(/SIMULATED/);
    expect(page).toMatch(/<h1>Sweep over methods\.routing\.labels<\/h1>/);
  });

  it("adds cells to those that are finished, and asks nothing for these again", async () => {
    const before = statSync(join(folder, "labels", printed.cells[1]!.folder, "results.json")).mtimeMs;
    const more = [...LABELS.slice(0, -1), "methods.routing.labels=margin,one-sided,soft"];
    const { code, stderr } = await cli(...more, "--out", "labels");
    expect(code, stderr).toBe(0);
    expect(stderr.match(/finished before/g)).toHaveLength(2);
    const { cells, storedCalls } = recordOf("labels");
    // Holm adjusts over the cells, of which there are more by now.
    const unadjusted = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, inner) => (key === "pValueAdjusted" ? undefined : inner)));
    expect(unadjusted([cells[0], cells[2]])).toEqual(unadjusted(printed.cells));
    expect(storedCalls).toBe(printed.storedCalls);
    expect(statSync(join(folder, "labels", cells[2]!.folder, "results.json")).mtimeMs).toBe(before);
  });
});

describe("a sweep over several keys", () => {
  const TWO = [
    "sweep",
    ...SMALL,
    "--methods",
    "routing-oracle",
    "--vary",
    "activeAttributes=1,2",
    "--vary",
    "worlds=1,2",
  ];

  it("stops at its budget in the middle, and the same command with more ends it as if it had never stopped", async () => {
    const whole = await cli(...TWO, "--out", "whole");
    expect(whole.code, whole.stderr).toBe(0);
    const calls = recordOf("whole").storedCalls;
    const parted = [...TWO, "--out", "parted", "--set", `budget.calls=${Math.ceil(calls * 0.7)}`];
    const first = await cli(...parted);
    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/budget of \d+ calls is used up; 2 of 4 cells are finished/);
    expect(first.stderr).toMatch(/run the same command again/);
    expect(existsSync(join(folder, "parted", "sweep.json"))).toBe(false);
    const second = await cli(...parted, "--budget-more");
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr.match(/finished before/g)).toHaveLength(2);
    expect(outcome(recordOf("parted"))).toEqual(outcome(recordOf("whole")));
    expect(recordOf("parted").storedCalls).toBe(calls);
  });

  it("compares other users as independent studies, and draws each key for every value of the other", () => {
    const { cells } = recordOf("whole");
    expect(cells.map(({ values }) => Object.values(values))).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    expect(cells.map(({ methods }) => methods[0]!.change?.kind)).toEqual([
      undefined,
      "paired",
      "unpaired",
      "unpaired",
    ]);
    for (const figure of ["by-worlds-1", "by-worlds-2", "by-activeAttributes-1", "by-activeAttributes-2"]) {
      expect(existsSync(join(folder, "whole", "figures", `${figure}.svg`)), figure).toBe(true);
    }
  });
});

describe("cells that cannot be run", () => {
  const routing = ["sweep", ...SMALL, "--methods", "routing"];

  it("are found before anything is paid, all at once", async () => {
    const args = [
      ...routing,
      "--vary",
      "methods.routing.labels=margin,loudest",
      "--vary",
      "historyLength=1,99",
    ];
    const { code, stderr } = await cli(...args, "--out", "wrong");
    expect(code).toBe(2);
    expect(stderr).toMatch(/3 of 4 cells cannot be run/);
    expect(stderr).toMatch(/labels=loudest, historyLength=1: method "routing"/);
    expect(stderr).toMatch(/labels=margin, historyLength=99: a history of 99 leaves no conversation/);
    expect(existsSync(join(folder, "wrong"))).toBe(false);
    const some = await cli(...args, "--out", "wrong", "--skip-invalid");
    expect(some.code, some.stderr).toBe(0);
    const { cells, failed } = recordOf("wrong");
    expect([cells.length, failed.length]).toEqual([1, 3]);
    expect(textOf("wrong", "tables", "failed.csv")).toMatch(/a history of 99/);
  });

  it.each([
    [["--vary", "users.tset=1,2"], /users\.tset: unknown key/],
    [["--vary", "methods.rag-summary.k=1,2"], /the sweep has no method "rag-summary"/],
    [["--vary", "concurrency=1,2"], /one and the same run: concurrency=1; concurrency=2/],
    [["--vary", "seed=1,1"], /one and the same run/],
    [["--vary", "budget.calls=1,2"], /counts over the whole sweep/],
    [["--vary", "seed=1", "--vary", "seed=2"], /varied twice/],
    [[], /nothing is varied/],
  ])("%j is wrong usage", async (args, message) => {
    const { code, stderr } = await cli(...routing, ...args, "--out", "never");
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, "never"))).toBe(false);
  });

  it("for a server that refuses them are reported, the others go on, and the code is 1", async () => {
    const server = await faultServer({ model: createSimModel(), fault: () => "401" });
    const gone = { provider: "openai", model: "gone", baseUrl: server.baseUrl };
    const judges = `models.judge=${JSON.stringify(gone)},sim:peer`;
    const { code, stderr } = await cli(
      "sweep",
      ...SMALL,
      "--methods",
      "routing-oracle",
      "--vary",
      judges,
      "--vary",
      "worlds=1,2",
      "--out",
      "gone",
    );
    expect(code).toBe(1);
    expect(stderr.match(/ failed: /g), "the second cell of this server does not ask it").toHaveLength(1);
    const { cells, failed } = recordOf("gone");
    expect(cells.map(({ values }) => values["models.judge"])).toEqual(["sim:peer", "sim:peer"]);
    expect(failed.map(({ values }) => values.worlds)).toEqual([1, 2]);
    expect(failed[0]!.error).toMatch(/401/);
    server.close();
  });

  it("do not overwrite a benchmark run", async () => {
    expect((await cli("run", ...SMALL, "--methods", "none", "--out", "taken")).code).toBe(0);
    const { code, stderr } = await cli(...routing, "--vary", "seed=1,2", "--out", "taken");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/holds a benchmark run/)]);
  });
});
