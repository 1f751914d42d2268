import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();

interface Estimate {
  readonly rows: { role: string; asks: number; calls: number; inputTokens: number; outputTokens: number }[];
  readonly total: { calls: number; inputTokens: number; outputTokens: number; costUsd: number | null };
}

const weaker = '{"provider":"sim","model":"default","options":{"obedience":0.5}}';
const CONFIGURATIONS: Readonly<Record<string, readonly string[]>> = {
  "all methods": [],
  "all methods in four worlds, ratings of targets alone": ["--worlds", "4", "--set", "judge.ratings=targets"],
  "nothing learned": ["--worlds", "4", "--methods", "none,in-context,random-routing"],
  "retrieval alone": ["--worlds", "3", "--methods", "none,rag-exemplar,rag-summary"],
  "no history": ["--worlds", "3", "--set", "historyLength=0", "--methods", "none,rag-summary,routing-oracle"],
  "two attributes, dense mappings": [
    ...["--worlds", "3", "--set", "activeAttributes=2", "--set", "mapping.kind=gaussian"],
    ...["--set", "judge.ratings=targets"],
  ],
  "another model for candidates": [
    ...["--worlds", "3", "--methods", "none,routing,majority-routing,random-routing"],
    ...["--set", `models.candidate=${weaker}`],
  ],
};

/** Half of the smoke preset's users: enough for shares to agree. */
const HALF = [
  ...["--preset", "smoke", "--set", 'users={"train":40,"validation":10,"test":20}'],
  ...["--set", 'statistics={"resamples":100,"permutations":100}', "--json"],
];

describe("estimate, beside what a run used", () => {
  it.each(Object.entries(CONFIGURATIONS))("%s", async (name, flags) => {
    const out = name.replaceAll(/\W/g, "-");
    const [estimated, run] = await Promise.all([
      runCli(["estimate", ...HALF, ...flags], folder),
      runCli(["run", ...HALF, "--out", out, ...flags], folder),
    ]);
    expect(estimated.code, estimated.stderr).toBe(0);
    expect(run.code, run.stderr).toBe(0);
    const { total, rows } = JSON.parse(estimated.stdout) as Estimate;
    const { usage, users } = JSON.parse(run.stdout) as Results;
    const used = (key: "calls" | "inputTokens" | "outputTokens"): number =>
      usage.reduce((sum, row) => sum + row[key], 0);
    expect(Math.abs(total.calls / used("calls") - 1)).toBeLessThan(0.1);
    for (const key of ["inputTokens", "outputTokens"] as const) {
      expect(Math.abs(total[key] / used(key) - 1), key).toBeLessThan(0.25);
    }
    for (const { role, asks, calls } of rows) {
      const own = usage.filter((u) => u.role === role);
      const asked = own.reduce((sum, u) => sum + u.calls + u.cacheHits - u.repeats, 0);
      // Who takes the place of a replaced user may have a principle more or less among the targets that are rated.
      const slack = users.replaced > 0 && flags.includes("judge.ratings=targets") ? 0.005 * asked : 0;
      expect(Math.abs(asks - asked), `${role}: ${asks} estimated, ${asked} asked`).toBeLessThanOrEqual(slack);
      const actual = usage.find((u) => u.role === role)?.calls ?? 0;
      // Labels that several methods choose for a user are asked once: the base role's count is an upper bound.
      expect(Math.abs(calls - actual), role).toBeLessThanOrEqual(0.35 * Math.max(actual, 1));
    }
    expect(total.costUsd).toBe(0);
  });

  it("has as many test users as are imported", async () => {
    const user = (i: number) => ({
      user: `u${i}`,
      attributes: [{ attribute: "verbose", side: "follow" }],
      prompts: ["How do I bake bread?", "What is a comet?", `Name ${i} uses of a brick.`],
    });
    const lines = Array.from({ length: 5 }, (_, i) => `${JSON.stringify(user(i))}\n`);
    writeFileSync(join(folder, "users.jsonl"), lines.join(""));
    const flags = [
      "--preset",
      "smoke",
      "--methods",
      "none,in-context",
      "--test-users",
      "users.jsonl",
      "--json",
    ];
    const estimated = JSON.parse((await runCli(["estimate", ...flags], folder)).stdout) as Estimate;
    const { usage } = JSON.parse(
      (await runCli(["run", ...flags, "--out", "five"], folder)).stdout,
    ) as Results;
    expect(usage.reduce((sum, u) => sum + u.calls, 0)).toBe(estimated.total.calls);
  });

  it("takes words of one's own, which the simulated pilot does not know", async () => {
    const pool = { attributes: ["left-handed", "poetic"], principles: ["mentions food", "rhymes"] };
    const base = { provider: "openai", model: "m", baseUrl: "http://127.0.0.1:9/v1" };
    const labels = pool.principles.flatMap((principle) =>
      ["follow", "avoid"].map((direction) => ({ principle, direction })),
    );
    const user = (name: string, own: boolean) => ({
      user: name,
      attributes: [{ attribute: "poetic", side: "avoid" }],
      prompts: ["What rhymes with orange?", "How do I bake bread?", "What is a comet?"],
      ...(own && {
        candidates: labels.map((label) => ({ ...label, text: "An answer." })),
        ratings: labels.map((label) => ({
          ...label,
          scores: pool.principles.map((principle) => ({ principle, score: 5 })),
        })),
      }),
    });
    const lines = [user("a", true), user("b", true), user("c", false)].map((u) => `${JSON.stringify(u)}\n`);
    writeFileSync(join(folder, "own-words.jsonl"), lines.join(""));
    const config = { pool, models: { base }, worlds: 1, users: { testFile: "own-words.jsonl" } };
    writeFileSync(join(folder, "own-words.json"), JSON.stringify(config));
    const flags = ["own-words.json", "--methods", "none,routing-oracle", "--json"];
    const { code, stdout, stderr } = await runCli(["estimate", ...flags], folder);
    expect(code, stderr).toBe(0);
    const calls = (role: string) => (JSON.parse(stdout) as Estimate).rows.find((r) => r.role === role)?.calls;
    // Four candidates for the one user who brings none; the oracle's styled answers for the two who do.
    expect(calls("candidate")).toBe(4);
    expect(calls("base")).toBe(3 + 2);
  });

  it("never counts longer answers than a model may give", async () => {
    const base = { provider: "openai", model: "m", baseUrl: "http://127.0.0.1:9/v1", maxTokens: 60 };
    const judge = { ...base, model: "j", maxTokens: 8 };
    writeFileSync(join(folder, "short.json"), JSON.stringify({ models: { base, judge } }));
    const { stdout } = await runCli(["estimate", "short.json", "--preset", "smoke", "--json"], folder);
    for (const { role, calls, outputTokens } of (JSON.parse(stdout) as Estimate).rows) {
      expect(outputTokens / calls, role).toBeLessThanOrEqual(role === "judge" ? 8 : 60);
      expect(outputTokens, role).toBeGreaterThan(0);
    }
  });

  it("prices a real model, and warns of a budget that it would exceed", async () => {
    const price = { input: 1, output: 2 };
    const base = { provider: "openai", model: "m", baseUrl: "http://127.0.0.1:9/v1", price };
    writeFileSync(join(folder, "real.json"), JSON.stringify({ models: { base }, budget: { usd: 0.01 } }));
    const flags = ["real.json", "--preset", "smoke"];
    const { total, rows } = JSON.parse(
      (await runCli(["estimate", ...flags, "--json"], folder)).stdout,
    ) as Estimate;
    const expected = rows.reduce((sum, r) => sum + r.inputTokens * 1 + r.outputTokens * 2, 0) / 1e6;
    expect(total.costUsd).toBeCloseTo(expected, 4);
    const longer = await runCli(["estimate", ...flags, "--answer-tokens", "800", "--json"], folder);
    expect(JSON.parse(longer.stdout).total.costUsd).toBeGreaterThan(1.3 * (total.costUsd as number));
    const shown = await runCli(["estimate", ...flags], folder);
    expect(shown.stdout).toMatch(/warning: more than budget\.usd \(0\.01\)/);
  });
});

describe("estimate --batch", () => {
  const priced = (price: object): string[] => [
    ...["estimate", "--preset", "smoke", "--json", "--set"],
    `models.judge={"provider":"openai","model":"m","baseUrl":"http://127.0.0.1:9/v1","price":${JSON.stringify(price)}}`,
  ];
  const judge = async (args: readonly string[]): Promise<{ costUsd: number; batchPrice?: number | null }> => {
    const { code, stdout, stderr } = await runCli(args, folder);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout).rows.find(({ role }: { role: string }) => role === "judge");
  };

  it("takes of the price what is paid for batch files, and of a model that does not say, all", async () => {
    const whole = await judge(priced({ input: 2, output: 8, batch: 0.25 }));
    const batch = await judge([...priced({ input: 2, output: 8, batch: 0.25 }), "--batch"]);
    expect(whole).not.toHaveProperty("batchPrice");
    expect(whole.costUsd).toBeGreaterThan(0);
    expect(batch.batchPrice).toBe(0.25);
    expect(batch.costUsd).toBeCloseTo(0.25 * whole.costUsd, 9);
    const silent = await judge([...priced({ input: 2, output: 8 }), "--batch"]);
    expect(silent).toMatchObject({ batchPrice: null, costUsd: whole.costUsd });
  });
});
