import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import type { ReproduceRecord } from "../../src/studies/reproduce/record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const reproduce = (...args: string[]) => runCli(["reproduce", ...args], folder);
const textOf = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const SMALL = ["--model", "sim", "--scale", "0.01"];

describe("reproduce all", () => {
  let record: ReproduceRecord;
  let printed: string;
  beforeAll(async () => {
    const { code, stdout, stderr } = await reproduce("all", ...SMALL, "--out", "all");
    expect(code, stderr).toBe(0);
    printed = stdout;
    record = JSON.parse(textOf("all", "all.json"));
  }, 600_000);

  const cellOf = (target: string, base: string, setting: string) =>
    record.cells.find(
      (cell) => cell.target === target && cell.base.startsWith(base) && cell.setting === setting,
    )!;

  it("has every cell of the paper, in the grid's order, and says why some have no results", () => {
    expect(record).toMatchObject({
      schema: "apm-bench/reproduce@1",
      simulated: true,
      target: "all",
      scale: 0.01,
    });
    expect(record.cells.map(({ target, state }) => `${target} ${state}`)).toEqual([
      ...Array(4).fill("main-grid finished"),
      ...Array(4).fill("fig4 finished"),
      ...Array(2).fill("fig5 finished"),
      ...Array(5).fill("pools finished"),
      ...Array(3).fill("history finished"),
      ...Array(4).fill("train-size finished"),
      ...Array(2).fill("simpo left out"),
      ...Array(2).fill("style left out"),
    ]);
    expect(cellOf("simpo", "Llama", "DPO").reason).toMatch(/needs a trainer/);
    expect(record.notes.join()).toMatch(/linear router/);
    expect(printed).toMatch(/SIMULATED[\s\S]*Otherwise than in the paper: routing: the linear router/);
    expect(printed).toMatch(/confirm or refute nothing/);
  });

  it("shows what each cell's own run found, with intervals", () => {
    for (const { state, folder: own, methods, setting } of record.cells) {
      if (state !== "finished") continue;
      const results: Results = JSON.parse(textOf("all", own!, "results.json"));
      for (const { name, delta, deltaCi95, worlds } of methods) {
        const { summary } = results.methods.find((m) => m.name === name)!;
        expect([delta, deltaCi95, worlds], setting).toEqual([summary.delta, summary.deltaCi95, 2]);
      }
    }
    const { methods } = cellOf("fig4", "Qwen", "m = 2");
    expect(methods.map(({ name }) => name)).toEqual([
      "routing oracle",
      ...["margin", "one-sided", "two-sided", "soft"].map((label) => `routing, ${label}`),
    ]);
  });

  it("varies what the paper varies", () => {
    const configOf = (target: string, setting: string): Results["config"] =>
      (JSON.parse(textOf("all", cellOf(target, "Qwen", setting).folder!, "results.json")) as Results).config;
    expect(configOf("main-grid", "m = 2").activeAttributes).toBe(2);
    expect(configOf("fig5", "Gaussian C, m = 1").mapping.kind).toBe("gaussian");
    expect(configOf("pools", "k4").pool.attributes).toHaveLength(4);
    expect(configOf("history", "h = 4").historyLength).toBe(4);
    expect(configOf("train-size", "2,000 train users").users).toMatchObject({ train: 20, test: 10 });
    const { base, candidate } = configOf("main-grid", "m = 1").models;
    expect(candidate).not.toEqual(base);
  });

  it("sets the paper's figures beside ours where it prints one, and judges nothing simulated by them", () => {
    const { methods } = cellOf("main-grid", "Qwen", "m = 1");
    const published = Object.fromEntries(methods.map(({ id, published }) => [id, published]));
    expect(published.routing).toMatchObject({ delta: 1.11, winLossRatio: 1.79, isWithin: null });
    expect(published["routing-oracle"]).toMatchObject({ delta: 1.93, deltaHere: 1.93, winLossRatio: 2.88 });
    expect(published["rag-summary"]).toMatchObject({ delta: 0.26, winLossRatio: 1.16 });
    expect(published["rag-exemplar"]).toBeNull();
    const others = record.cells.filter((cell) => cell !== cellOf("main-grid", "Qwen", "m = 1"));
    expect(others.flatMap((cell) => cell.methods).every((method) => method.published === null)).toBe(true);
  });

  it("pays for a call once, whatever cells need it, and runs equal cells once", () => {
    expect(record.usage.reduce((sum, { calls }) => sum + calls, 0)).toBe(record.storedCalls);
    const same = [
      cellOf("main-grid", "Qwen", "m = 1"),
      cellOf("main-grid", "Llama", "m = 1"),
      cellOf("pools", "Qwen", "k10"),
      cellOf("history", "Qwen", "h = 2"),
    ];
    expect(new Set(same.map((cell) => cell.folder)).size).toBe(1);
  });

  it("writes a page, tables and figures of its own name", () => {
    for (const file of [
      "all.html",
      "tables/all-methods.csv",
      "tables/all-missing.tex",
      "figures/fig5-gains.svg",
    ])
      expect(existsSync(join(folder, "all", file)), file).toBe(true);
    expect(textOf("all", "all.html")).toMatch(/SIMULATED/);
    expect(textOf("all", "tables", "all-methods.csv")).toMatch(/publishedDelta/);
  });

  it("finds the runs of one target in what was done for all", async () => {
    const { code, stdout, stderr } = await reproduce("pools", ...SMALL, "--out", "all", "--json");
    expect(code, stderr).toBe(0);
    expect(stderr.match(/finished before/g)).toHaveLength(5);
    expect(JSON.parse(stdout).cells).toEqual(record.cells.filter(({ target }) => target === "pools"));
    expect(existsSync(join(folder, "all", "pools.html"))).toBe(true);
    expect(JSON.parse(textOf("all", "all.json"))).toEqual(record);
  });

  it("stops at its budget, and the same command goes on to the same results", async () => {
    const args = ["fig5", ...SMALL, "--out", "parted"];
    const estimate = JSON.parse((await reproduce(...args, "--estimate", "--json")).stdout);
    const budget = ["--set", `budget.calls=${Math.ceil(estimate.total.all * 0.6)}`];
    const first = await reproduce(...args, ...budget);
    expect([first.code, first.stderr]).toEqual([3, expect.stringMatching(/of 2 cells are finished/)]);
    expect(existsSync(join(folder, "parted", "fig5.json"))).toBe(false);
    const second = await reproduce(...args, ...budget, "--budget-more", "--json");
    expect(second.code, second.stderr).toBe(0);
    const parted = JSON.parse(second.stdout) as ReproduceRecord;
    expect(parted.cells).toEqual(record.cells.filter(({ target }) => target === "fig5"));
    // Which styles a router will choose is expected, the rest is counted.
    expect(parted.storedCalls / estimate.total.all).toBeCloseTo(1, 1);
  });
});

describe("reproduce --estimate", () => {
  it("counts shared users once and asks no model", async () => {
    const { code, stdout, stderr } = await reproduce(
      "history",
      ...SMALL,
      "--out",
      "plan",
      "--estimate",
      "--json",
    );
    expect(code, stderr).toBe(0);
    const { cells, total } = JSON.parse(stdout);
    const people = 40 + 5 + 10;
    // h = 1: two prompts each; h = 2 and 4: one and two more. Candidates are of the same prompt in all of them.
    expect(cells.map((cell: { calls: { rewriter: number } }) => cell.calls.rewriter)).toEqual(
      [2, 1, 2].map((n) => n * people),
    );
    expect(total.candidate).toBe(people * 20);
    expect(existsSync(join(folder, "plan"))).toBe(false);
    const text = await reproduce("history", ...SMALL, "--out", "plan", "--estimate");
    expect(text.stdout).toMatch(/history +Qwen3\.5-27B +h = 1 .*missing/);
  });
});

it.each([
  [["fig6"], /Allowed choices are main-grid, fig4/],
  [["fig4", ...SMALL, "--preset", "paper"], /no place in the paper's grid/],
  [["fig4", "--model", "sim", "--scale", "1.5"], /above 0, up to 1/],
  [["fig4", ...SMALL, "--set", "users.tset=3"], /users\.tset: unknown key/],
  [["history", ...SMALL, "--set", "historyLength=30"], /cannot be run|leaves no conversation/],
])("%j is wrong usage", async (args, message) => {
  const { code, stderr } = await reproduce(...args, "--out", "never");
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(existsSync(join(folder, "never"))).toBe(false);
});
