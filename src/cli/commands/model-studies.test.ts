import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { runCli } from "../../../test/support/run-cli.ts";

const folder = temporaryFolder();
const cli = (...args: string[]) => runCli(args, folder);
const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const lines = (...path: string[]): string[] =>
  read(...path)
    .trimEnd()
    .split("\n");

const WEAK_JUDGE = '{"provider": "sim", "model": "default", "options": {"judgeNoise": 6}}';

describe("judges run", () => {
  const small = ["judges", "run", "--out", "judges", "--conversations", "40", "--json"];
  const judges = ["--judge", "sim", "--judge", WEAK_JUDGE];

  test("collects scores once, ranks the noisier judge below, and writes what compare reads", async () => {
    const first = await cli(...small, ...judges);
    expect(first.code, first.stderr).toBe(0);
    const record = JSON.parse(first.stdout);
    expect(record.simulated).toBe(true);
    expect(record.answers).toEqual({ model: "sim:default", asked: 40, missing: 0 });
    expect(record.overall.map(({ judge }: { judge: string }) => judge)).toEqual([
      "sim:default",
      'sim:default {"judgeNoise":6}',
    ]);
    expect(lines("judges", "scores.jsonl")).toHaveLength(2 * 6 * 40);

    const again = await cli(...small, ...judges);
    expect(again.stderr).toMatch(/continuing with \d+ stored calls/);
    const paid = JSON.parse(again.stdout).usage.reduce((n: number, u: { calls: number }) => n + u.calls, 0);
    expect(paid).toBe(0);
    expect(JSON.parse(again.stdout).rows).toEqual(record.rows);

    const compared = await cli("judges", "compare", "judges/scores.jsonl", "--seed", "1", "--json");
    expect(JSON.parse(compared.stdout)).toMatchObject({ simulated: true, rows: record.rows });
    expect(read("judges", "report.html")).toContain("SIMULATED");
  });

  test("writes tenths where the judge's answers count in tenths, and compares them on 1 to 10", async () => {
    const hundred = ["--conversations", "20", "--pair", "warm/cold", "--json", "--set", "judge.scale=100"];
    const linear = await cli("judges", "run", "--out", "linear", ...hundred);
    const tenths = await cli("judges", "run", "--out", "tenths", ...hundred, "--set", "judge.mapping=tenth");
    expect(tenths.code, tenths.stderr).toBe(0);
    const scoresIn = (out: string): number[] =>
      lines(out, "scores.jsonl").flatMap((line) => JSON.parse(line).scores);
    for (const [i, score] of scoresIn("tenths").entries()) {
      expect(score).toBeCloseTo((11 * (scoresIn("linear")[i] as number) - 10) / 10, 9);
    }
    const balance = ({ stdout }: { stdout: string }) => JSON.parse(stdout).overall[0].balance;
    expect(balance(tenths)).toBeCloseTo(balance(linear), 9);
  });

  test("stops at its budget with code 3, and goes on when it may spend it once more", async () => {
    const args = ["judges", "run", "--out", "budget", "--conversations", "10", "--set", "budget.calls=60"];
    expect((await cli(...args)).code).toBe(3);
    expect(existsSync(join(folder, "budget", "results.json"))).toBe(false);
    expect((await cli(...args, "--budget-more")).code).toBe(3);
    const third = await cli(...args, "--budget-more");
    expect(third.code, third.stderr).toBe(0);
    expect(third.stderr).toContain("continuing with 12");
  });

  test.each([
    [
      "an unknown word for the simulated judge",
      ["--pair", "warm/chilly"],
      /"chilly"[\s\S]*use one of: academic/,
    ],
    ["a pair of one word", ["--pair", "warm"], /two different words/],
    ["one judge twice", ["--judge", "sim", "--judge", "sim:default"], /named twice/],
    ["a judge of no provider", ["--judge", "acme:x"], /acme/],
    ["no conversation", ["--conversations", "0"], /from 1/],
  ])("%s is wrong usage", async (_, args, message) => {
    const { code, stderr } = await cli("judges", "run", "--out", "wrong", ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });

  test("leaves a benchmark run alone", async () => {
    const run = await cli("run", "--preset", "smoke", "--methods", "none", "--out", "a-run");
    expect(run.code, run.stderr).toBe(0);
    const { code, stderr } = await cli("judges", "run", "--out", "a-run", "--conversations", "5");
    expect(code).toBe(2);
    expect(stderr).toContain("holds a benchmark run");
  });
});

describe("attributes rate", () => {
  test("makes a matrix that select reads, from either file", async () => {
    const made = await cli("attributes", "rate", "--out", "ratings", "--conversations", "120", "--json");
    expect(made.code, made.stderr).toBe(0);
    const record = JSON.parse(made.stdout);
    expect(record).toMatchObject({ simulated: true, of: "answers", conversations: 120, missingTexts: 0 });
    expect(record.names).toContain("persuasive");
    const select = (file: string, ...rest: string[]) =>
      cli("attributes", "select", file, "--json", "--k", "3", ...rest);
    const fromMatrix = await select(record.files.matrix, "--names", record.files.names);
    expect(fromMatrix.code, fromMatrix.stderr).toBe(0);
    const fromLines = await select(record.files.lines);
    const { simulated, kept, solutions } = JSON.parse(fromMatrix.stdout);
    expect(simulated).toBe(true);
    expect(JSON.parse(fromLines.stdout)).toMatchObject({ kept, solutions });
  });

  test("rates in tenths where the judge's answers count in tenths", async () => {
    const asked = ["--conversations", "15", "--set", "judge.scale=100"];
    await cli("attributes", "rate", "--out", "rated-linear", ...asked);
    const { code, stderr } = await cli(
      ...["attributes", "rate", "--out", "rated-tenths", ...asked, "--set", "judge.mapping=tenth"],
    );
    expect(code, stderr).toBe(0);
    const scoresIn = (out: string): number[] =>
      lines(out, "ratings.jsonl").flatMap((line) => Object.values(JSON.parse(line).scores as object));
    for (const [i, score] of scoresIn("rated-tenths").entries()) {
      expect(score).toBeCloseTo((11 * (scoresIn("rated-linear")[i] as number) - 10) / 10, 9);
    }
  });

  test("rates prompts on attributes of a file, and a lost score is a gap in both files", async () => {
    const deaf = '{"provider": "sim", "model": "default", "options": {"unparsableRate": 0.6}}';
    const args = ["--of", "users", "--conversations", "30", "--judge", deaf, "--set", "judge.retries=1"];
    const { code, stdout, stderr } = await cli("attributes", "rate", "--out", "gaps", "--json", ...args);
    expect(code, stderr).toBe(0);
    const { missing, names, usage } = JSON.parse(stdout);
    expect(names).toContain("anxious");
    expect(usage.filter((u: { role: string; calls: number }) => u.role === "base" && u.calls > 0)).toEqual(
      [],
    );
    const rows = lines("gaps", "ratings.jsonl").map((line) => Object.values(JSON.parse(line).scores));
    expect(rows.flat().filter((score) => score === null)).toHaveLength(missing);
    expect(missing).toBeGreaterThan(0.4 * 30 * names.length);
    const bytes = readFileSync(join(folder, "gaps", "ratings.npy"));
    const values = Array.from({ length: 30 * names.length }, (_, i) => bytes.readDoubleLE(128 + 8 * i));
    expect(values.map((value) => (Number.isNaN(value) ? null : value))).toEqual(rows.flat());
  });

  test("an unknown name and an unclear list are wrong usage", async () => {
    const names = join(folder, "candidates.json");
    writeFileSync(names, JSON.stringify({ response: ["persuasive", "earnest"], user: ["anxious"] }));
    const unknown = await cli("attributes", "rate", "--names", names, "--out", "x");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/"earnest"[\s\S]*candidates\.json[\s\S]*academic/);
    const key = await cli("attributes", "rate", "--names", names, "--names-key", "nothing", "--out", "x");
    expect(key.code).toBe(2);
    expect(key.stderr).toContain("--names-key");
  });
});

describe("bias", () => {
  const args = [
    "bias",
    "--users",
    "24",
    "--set",
    "pool=k2",
    "--set",
    "statistics.permutations=500",
    "--out",
    "bias",
  ];

  test("faked personalization moves the naive judge and not the sign-balanced score", async () => {
    const { code, stdout, stderr } = await cli(...args, "--json");
    expect(code, stderr).toBe(0);
    const record = JSON.parse(stdout);
    expect(record.simulated).toBe(true);
    expect(record.models).toEqual(["sim:default", 'sim:default {"avoidObedience":0.3,"obedience":0.4}']);
    expect(record.variants).toHaveLength(7 + 4);
    const effect = (criterion: string, variant: string) =>
      record.effects.find(
        (e: { model: null; criterion: string; variant: string }) =>
          e.model === null && e.criterion === criterion && e.variant === variant,
      );
    expect(effect("personalization", "faked personalization").verdict).toBe("moves");
    expect(effect("personalization", "faked personalization").change).toBeGreaterThan(0);
    expect(effect("sign-balanced", "faked personalization").verdict).not.toBe("moves");
    expect(lines("bias", "samples.jsonl")).toHaveLength(2 * 24 * 12);
    expect(lines("bias", "tables", "effects.csv")).toHaveLength(1 + record.effects.length);
    expect(read("bias", "figures", "changes.svg")).toContain("<svg");
    expect(read("bias", "report.html")).toContain("SIMULATED");

    const again = await cli(...args);
    expect(again.stdout).toMatch(/^SIMULATED/);
    expect(again.stdout).toMatch(/sign-balanced score +\d\.\d\d/);
    const results = JSON.parse(read("bias", "results.json"));
    expect(results.effects).toEqual(record.effects);
    expect(results.usage.every(({ calls }: { calls: number }) => calls === 0)).toBe(true);
  });

  test("a margin of nothing and a model named twice are wrong usage", async () => {
    expect((await cli("bias", "--margin", "0")).code).toBe(2);
    expect((await cli("bias", "--model", "sim", "--model", "sim")).stderr).toContain("named twice");
  });
});
