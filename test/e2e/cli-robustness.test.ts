import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { worldSeeds } from "../../src/core/config/world-seeds.ts";
import type { AnswerLine, Robustness, SetResult } from "../../src/studies/robustness/record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { hubServer } from "../support/hub-server.ts";
import { mmluProParquet, truthfulQaParquet } from "../support/question-files.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const command = (...args: string[]) => runCli(args, folder);
const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const small = ["--preset", "smoke", "--methods", "none,routing-oracle,routing,rag-summary,in-context"];
const setOf = ({ sets }: Robustness, id: string): SetResult => sets.find((s) => s.id === id) as SetResult;
const paid = ({ usage }: Robustness, role?: string): number =>
  usage.filter((u) => role === undefined || u.role === role).reduce((n, u) => n + u.calls, 0);

describe("robustness", () => {
  it("asks under the methods of a run, in its directory, without paying for the run again", async () => {
    expect((await command("run", ...small, "--out", "a")).code).toBe(0);
    const before = ["results.json", "config.json", "report.html"].map((file) => read("a", file));

    const { code, stdout, stderr } = await command("robustness", "a", "--json");
    expect(code, stderr).toBe(0);
    const record: Robustness = JSON.parse(stdout);
    expect(record).toMatchObject({ schema: "apm-bench/robustness@1", simulated: true, primary: "parsed" });
    expect(["rewriter", "candidate", "judge"].map((role) => paid(record, role))).toEqual([0, 0, 0]);
    expect(record.sets.map((s) => [s.id, s.source, s.own, s.questions, s.leftOut, s.shuffled])).toEqual([
      ["mmlu-pro", "builtin", true, 64, 0, false],
      ["truthfulqa", "builtin", true, 32, 0, true],
      ["bbq", "builtin", true, 48, 48, false],
    ]);
    for (const set of record.sets) {
      expect(set.name).toContain("own");
      expect(set.methods.map((m) => m.id)).toEqual([
        "routing-oracle",
        "routing",
        "rag-summary",
        "in-context",
      ]);
      for (const m of set.methods) expect(m.parsed + m.unparsed + m.missing).toBe(set.questions);
    }
    const bbq = setOf(record, "bbq");
    expect(bbq.categories.map((c) => c.questions)).toEqual([8, 8, 8, 8, 8, 8]);
    expect(bbq.bias?.none.score).toBeGreaterThanOrEqual(-1);
    // It neither knows everything nor nothing.
    const { accuracy } = setOf(record, "mmlu-pro").none;
    expect(accuracy).toBeGreaterThan(0.5);
    expect(accuracy).toBeLessThan(0.95);
    expect(["results.json", "config.json", "report.html"].map((file) => read("a", file))).toEqual(before);

    const page = read("a", "robustness.html");
    for (const words of ["SIMULATED", "own, like MMLU-Pro", "2 × biased", "<svg"])
      expect(page).toContain(words);
    expect(read("a", "tables", "robustness.csv").trimEnd().split("\n").length).toBe(1 + 3 * 5);
    expect(read("a", "tables", "robustness.tex")).toContain("\\begin{tabular}");
    expect(read("a", "figures", "robustness-bbq-categories.svg")).toContain("<svg");
    const answers = read("a", "robustness-answers.jsonl").trimEnd().split("\n");
    expect(answers.length).toBe(144 * 5);
    const lines = answers.map((line) => JSON.parse(line) as AnswerLine);
    const right = lines.filter((l) => l.set === "bbq" && l.method === "none" && l.choice === l.right).length;
    expect(right).toBe(bbq.none.right);

    const again = await command("robustness", "a");
    expect(again.stdout).toMatch(/^SIMULATED/);
    expect(again.stdout).toContain("own, like BBQ (disambiguated)");
    const second: Robustness = JSON.parse(read("a", "robustness.json"));
    expect(paid(second)).toBe(0);
    expect(second.sets).toEqual(record.sets);
  });

  it("asks the set that is named, from a file, some of its questions, in another world", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      question: `What is ${i} + 20?`,
      options: [`${i + 19}`, `${i + 20}`, `${i + 2}`],
      right: 1,
      category: i < 15 ? "low" : "high",
    }));
    writeFileSync(join(folder, "sums.parquet"), mmluProParquet(rows));
    const args = ["--mmlu-pro", "sums.parquet", "--questions", "20", "--world", "2", "--out", "b", "--json"];
    const { code, stdout, stderr } = await command("robustness", ...small, "--worlds", "2", ...args);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("sums.parquet: 20 of 30 questions in the form of MMLU-Pro");
    const record: Robustness = JSON.parse(stdout);
    expect([record.world, record.sets.length, record.sets[0]?.questions]).toEqual([
      worldSeeds(record.config.seed, 2)[1],
      1,
      20,
    ]);
    expect(record.sets[0]).toMatchObject({ own: false, name: "sums.parquet" });
    expect(record.sets[0]?.categories.map((c) => c.category)).toEqual(["high", "low"]);
    expect(record.sets[0]?.none.accuracy).toBeGreaterThan(0.8);
  });

  it("takes a set from the hub, from the split that it is scored on", async () => {
    const choices = ["That depends on it.", "Always.", "Never."];
    const rows = Array.from({ length: 12 }, (_, i) => ({ question: `Is saying ${i} true?`, choices }));
    const hub = await hubServer({
      main: {
        "generation/validation-00000-of-00001.parquet": Buffer.from("of another form"),
        "multiple_choice/validation-00000-of-00001.parquet": truthfulQaParquet(rows),
      },
    });
    try {
      const env = { HF_ENDPOINT: hub.url, APM_BENCH_CACHE: join(folder, "cache") };
      const args = ["--methods", "in-context", "--truthfulqa", "hf:owner/name", "--out", "hub", "--json"];
      const { code, stdout, stderr } = await runCli(
        ["robustness", "--preset", "smoke", ...args],
        folder,
        env,
      );
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("downloading owner/name/multiple_choice/validation");
      const [set] = (JSON.parse(stdout) as Robustness).sets;
      expect(set).toMatchObject({ source: "hf:owner/name", questions: 12, shuffled: true, own: false });
    } finally {
      await hub.close();
    }
  });

  it("sees what a style costs a model that it distracts, and counts a lost form apart", async () => {
    const options = { slipRate: 0, distraction: 1, formMiss: 0.3 };
    const model = JSON.stringify({ provider: "sim", model: "default", options });
    const args = ["--methods", "random-routing,none", "--mmlu-pro", "builtin", "--out", "c"];
    const run = await command("robustness", "--preset", "smoke", "--model", model, ...args);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/Worse: random routing −\d/);
    expect(run.stdout).toContain("many answers name no option");
    const [set] = (JSON.parse(read("c", "robustness.json")) as Robustness).sets;
    expect(set?.methods.map((m) => m.name)).toEqual(["random routing"]);
    const [method] = set?.methods ?? [];
    expect(method?.pValueAdjusted).toBeLessThan(0.001);
    expect(method?.change).toBeLessThan(-0.3);
    expect(method?.unparsed).toBeGreaterThan(5);
    expect(method?.missing).toBe(0);
    expect(method?.accuracyUnparsedWrong).toBeLessThan(method?.accuracy ?? 0);
  });

  it("stops at its budget with code 3, loses nothing, and goes on", async () => {
    const args = ["--preset", "smoke", "--methods", "in-context", "--set", "budget.calls=300", "--out", "d"];
    const first = await command("robustness", ...args);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain("run the same command again");
    expect(
      ["robustness.json", "robustness-answers.jsonl"].map((f) => existsSync(join(folder, "d", f))),
    ).toEqual([false, false]);
    const second = await command("robustness", ...args, "--budget-more");
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toContain("continuing with 300 stored calls");
  });

  it.each<[string, string[], RegExp[]]>([
    ["no run", ["nowhere"], [/no run in this folder/, /where: nowhere/]],
    ["another world", [...small, "--world", "9"], [/no world 9/, /choose one of: 1/]],
    [
      "other settings",
      [...small, "--out", "a", "--set", "pool=k2"],
      [/other settings \(pool\)/, /robustness a/],
    ],
    ["no such file", ["--bbq", "gone.jsonl"], [/gone\.jsonl/]],
    ["no source", ["--truthfulqa", "gone.csv"], [/no source of questions/, /--truthfulqa/]],
    [
      "a wrong record",
      ["--mmlu-pro", "wrong.jsonl"],
      [/no column "options"/, /wrong\.jsonl, line 1/, /found: q/],
    ],
    ["no question", ["--questions", "0"], [/from 1 on/]],
  ])("is wrong usage with %s, and touches nothing", async (_, args, says) => {
    writeFileSync(join(folder, "wrong.jsonl"), '{"question": "?", "answer": "A"}\n');
    const { code, stderr } = await command("robustness", "--out", "untouched", ...args);
    expect(code, stderr).toBe(2);
    for (const words of says) expect(stderr).toMatch(words);
    expect(existsSync(join(folder, "untouched"))).toBe(false);
  });
});
