import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signOf, toward } from "../../src/core/rating-scale.ts";
import type { Results, Sample, UserRecord } from "../../src/core/run-record.ts";
import { createJudge } from "../../src/judge/judge.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import type { RejudgeRecord } from "../../src/studies/rejudge/record.ts";
import { faultServer } from "../contracts/fault-server.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const cli = (...args: string[]) => runCli(args, folder);
const textOf = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const linesOf = <T>(...path: string[]): T[] =>
  textOf(...path)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
const recordOf = (out: string): RejudgeRecord => JSON.parse(textOf(out, "rejudge.json"));
const FILES = ["results.json", "samples.jsonl", "users.jsonl", "config.json", "report.html"];
const contents = (): string[] => FILES.map((name) => textOf("run", name));

let results: Results;
let before: string[];
beforeAll(async () => {
  const { code, stderr } = await cli(
    ...["run", "--preset", "smoke", "--out", "run", "--set", "activeAttributes=2"],
    ...["--methods", "none,routing-oracle,random-routing,in-context"],
  );
  expect(code, stderr).toBe(0);
  results = JSON.parse(textOf("run", "results.json"));
  before = contents();
});

describe("rejudge", () => {
  it("gives the second judge's figures as that judge gives them, beside the run's own", async () => {
    const { code, stdout, stderr } = await cli("rejudge", "run", "--judge", "sim:peer", "--json");
    expect(code, stderr).toBe(0);
    const record: RejudgeRecord = JSON.parse(stdout);
    expect(record).toEqual(recordOf("run/rejudged/sim-peer"));
    expect(record).toMatchObject({ schema: "apm-bench/rejudge@1", simulated: true, run: "run" });
    expect([record.judges.first.id, record.judges.second.id]).toEqual(["sim:default", "sim:peer"]);
    expect(record.methods.map(({ name, first }) => ({ name, summary: first }))).toEqual(
      results.methods.map(({ name, summary }) => ({ name, summary })),
    );

    const judge = createJudge(createSimModel({ model: "peer" }), results.config.judge);
    const plain = new Map(linesOf<UserRecord>("run", "users.jsonl").map((u) => [u.user, u.baseline]));
    const rewardOf = async (text: string | null | undefined, { scores }: Sample): Promise<number | null> => {
      const asked = scores.map(({ principle }) => (text == null ? null : judge.rate(text, principle, null)));
      const given = await Promise.all(asked);
      if (given.includes(null)) return null;
      return scores.reduce(
        (sum, { weight, direction }, i) => sum + weight * toward(given[i] as number, signOf(direction)),
        0,
      );
    };
    for (const { name, second, scores } of record.methods) {
      const samples = linesOf<Sample>("run", "samples.jsonl").filter(({ method }) => method === name);
      const gains = await Promise.all(
        samples.map(async (s) => {
          const [a, b] = [await rewardOf(s.answer, s), await rewardOf(plain.get(s.user), s)];
          return { world: s.world, gain: a === null || b === null ? null : a - b };
        }),
      );
      const means = [...Map.groupBy(gains, ({ world }) => world).values()].map((world) => {
        const known = world.flatMap(({ gain }) => gain ?? []);
        return known.reduce((sum, gain) => sum + gain, 0) / known.length;
      });
      expect(second.delta).toBeCloseTo(means.reduce((a, b) => a + b, 0) / means.length, 10);
      expect(scores.scores + scores.missing).toBe(samples.length * 2);
    }
  });

  it("says how far the judges agree, with intervals", () => {
    const { overall, methods, principles, baseline } = recordOf("run/rejudged/sim-peer");
    for (const { value, ci95 } of [overall.spearman, overall.quadraticKappa]) {
      expect(value).toBeGreaterThan(0.5);
      expect(value).toBeLessThan(0.95);
      expect(ci95![0]).toBeLessThan(value!);
      expect(ci95![1]).toBeGreaterThan(value!);
    }
    expect(principles.map(({ principle }) => principle)).toEqual(results.config.pool.principles);
    expect(principles.reduce((n, { scores }) => n + scores, 0)).toBe(overall.scores);
    expect(baseline.first).toBe(results.baseline.meanReward);
    const [none, ...others] = methods;
    expect(none!.outcomes).toBeNull();
    for (const { outcomes, change, first, second } of others) {
      expect(outcomes!.same.value).toBeGreaterThan(0.3);
      expect(outcomes!.decided).toBeLessThanOrEqual(outcomes!.pairs);
      expect(change.delta).toBeCloseTo(second.delta! - first.delta!, 1);
    }
    // Chosen by the first judge's scores, mistakes included, so less is left of it before another judge.
    const oracle = methods.find(({ id }) => id === "routing-oracle")!;
    expect(oracle.change.delta).toBeLessThan(0);
  });

  it("asks the second judge alone, once, and touches nothing of the run", async () => {
    const first = recordOf("run/rejudged/sim-peer");
    expect(first.usage).toMatchObject([{ role: "judge", model: "sim:peer" }]);
    expect(first.usage[0]!.calls).toBeGreaterThan(100);
    expect((await cli("rejudge", "run", "--judge", "sim:peer")).code).toBe(0);
    const { usage, ...again } = recordOf("run/rejudged/sim-peer");
    expect(usage[0]).toMatchObject({ calls: 0 });
    const { usage: _, ...same } = first;
    expect(again).toEqual(same);
    expect(contents()).toEqual(before);
  });

  it("writes page, tables, figures and every pair of scores", () => {
    const out = "run/rejudged/sim-peer";
    expect(textOf(out, "rejudge.html")).toMatch(/SIMULATED/);
    expect(textOf(out, "tables", "gains.csv")).toMatch(/routing-oracle,routing oracle,second,/);
    expect(textOf(out, "tables", "outcomes.tex")).toMatch(/Cohen/);
    for (const figure of ["gains", "outcomes"])
      expect(textOf(out, "figures", `${figure}.svg`)).toMatch(/<svg/);
    const scores = linesOf<{ method: string; first: number }>(out, "scores.jsonl");
    expect(scores).toHaveLength(results.methods.reduce((n, { summary: s }) => n + 2 * s.users * s.worlds, 0));
  });

  it("finds that a judge agrees with itself, but for the oracle, whom the run scored by another draw", async () => {
    const { code, stdout } = await cli("rejudge", "run", "--judge", "sim", "--out", "self");
    expect(code).toBe(0);
    expect(stdout).toMatch(/its agreement with itself/);
    const { overall, methods, rankingSpearman } = recordOf("self");
    expect(overall.spearman.value).toBeGreaterThan(0.95);
    expect(overall.quadraticKappa.value).toBeGreaterThan(0.95);
    expect(rankingSpearman).toBeCloseTo(1, 12);
    for (const { id, first, second, outcomes } of methods) {
      if (id === "routing-oracle") continue;
      expect(second).toEqual(first);
      if (outcomes !== null) expect([outcomes.same.value, outcomes.kappa.value]).toEqual([1, 1]);
    }
  });

  it("takes settings of the second judge, and no others", async () => {
    const set = ["--set", "judge.scale=100", "--set", "judge.weighted=true", "--out", "weighted"];
    const { code, stderr } = await cli("rejudge", "run", "--judge", "sim:weak", ...set);
    expect(code, stderr).toBe(0);
    const { judges, overall } = recordOf("weighted");
    expect(judges.second.settings).toEqual({ ...results.config.judge, scale: 100, weighted: true });
    const peer = recordOf("run/rejudged/sim-peer").overall;
    expect(overall.quadraticKappa.value).toBeLessThan(peer.quadraticKappa.ci95![0]);
    const other = await cli("rejudge", "run", "--judge", "sim:peer", "--set", "users.test=5");
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/users is settled by the run/)]);
  });
});

it("beside a first judge that gave no score, says so and compares nothing", async () => {
  const path = join(folder, "unscored");
  cpSync(join(folder, "run"), path, { recursive: true, filter: (from) => !/rejudged|lock\.json/.test(from) });
  const samples = linesOf<Sample>("run", "samples.jsonl").map((sample) => ({
    ...sample,
    scores: sample.scores.map((score) => ({ ...score, score: null })),
  }));
  writeFileSync(join(path, "samples.jsonl"), samples.map((s) => `${JSON.stringify(s)}\n`).join(""));
  const nothing = { meanReward: null, delta: null, deltaCi95: null };
  const methods = results.methods.map((m) => ({ ...m, summary: { ...m.summary, ...nothing } }));
  writeFileSync(join(path, "results.json"), JSON.stringify({ ...results, methods }));
  const { code, stdout, stderr } = await cli("rejudge", "unscored", "--judge", "sim:peer");
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("The first judge, sim:default, gave no score to any answer");
  expect(stdout).not.toMatch(/Spearman|kappa –|every method's|conclusion/);
});

describe("rejudge with a judge behind HTTP", async () => {
  let fault: "401" | undefined;
  let served = 0;
  const server = await faultServer({
    model: createSimModel(),
    fault: () => (fault !== undefined && ++served > 60 ? fault : undefined),
  });
  afterAll(() => server.close());
  const judge = JSON.stringify({ provider: "openai", model: "real", baseUrl: server.baseUrl, seed: 0 });
  const args = ["rejudge", "run", "--judge", judge, "--concurrency", "8", "--out", "http"];

  it("that refuses in the middle: a clear error, and what was paid is kept", async () => {
    fault = "401";
    const { code, stderr } = await cli(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/401/);
    expect(stderr).toMatch(/to do:/);
    expect(existsSync(join(folder, "http", "rejudge.json"))).toBe(false);
    expect(contents()).toEqual(before);
  });

  it("and a budget that ends: the same command goes on, and no question is asked twice", async () => {
    fault = undefined;
    const stopped = await cli(...args, "--set", "budget.calls=50");
    expect([stopped.code, stopped.stderr]).toEqual([
      3,
      expect.stringMatching(/budget of 50 calls is used up/),
    ]);
    const { code, stderr } = await cli(...args);
    expect(code, stderr).toBe(0);
    expect(recordOf("http").overall.missing).toBeLessThan(10);
    const answered = server.log.filter(
      ({ answeredAt, fault }) => answeredAt !== undefined && fault === undefined,
    );
    expect(new Set(answered.map(({ id }) => id)).size).toBe(answered.length);
  });
});

describe("runs that cannot be judged again", () => {
  const copy = (name: string): string => {
    cpSync(join(folder, "run"), join(folder, name), {
      recursive: true,
      filter: (path) => !/rejudged|lock\.json/.test(path),
    });
    return join(folder, name);
  };
  const answers = (): Sample[] => linesOf<Sample>("run", "samples.jsonl");
  const written = (path: string, samples: readonly object[]): void =>
    writeFileSync(join(path, "samples.jsonl"), samples.map((s) => `${JSON.stringify(s)}\n`).join(""));

  it.each<[string, (path: string) => void, 1 | 2, RegExp]>([
    [
      "without answers",
      (path) => rmSync(join(path, "samples.jsonl")),
      2,
      /no stored answers.*\n.*samples\.jsonl/,
    ],
    ["without users", (path) => rmSync(join(path, "users.jsonl")), 2, /no stored answers.*\n.*users\.jsonl/],
    ["unfinished", (path) => rmSync(join(path, "results.json")), 2, /this run is not finished/],
    [
      "with figures alone",
      (path) =>
        written(
          path,
          answers().map(({ answer: _, ...s }) => s),
        ),
      2,
      /answer: /,
    ],
    ["cut short", (path) => written(path, answers().slice(3)), 1, /160 answers, and 157 of them are stored/],
    [
      "of other users",
      (path) =>
        written(
          path,
          answers().map((s, i) => (i === 5 ? { ...s, user: "nobody" } : s)),
        ),
      1,
      /of user nobody/,
    ],
  ])("%s", async (name, spoil, exit, message) => {
    const path = copy(name.replaceAll(" ", "-"));
    spoil(path);
    const { code, stderr } = await cli("rejudge", path, "--judge", "sim:peer", "--out", "never");
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/to do:/);
    expect(code).toBe(exit);
    expect(existsSync(join(folder, "never")), "nothing was asked").toBe(false);
  });

  it("and directories and judges that cannot be taken", async () => {
    const into = await cli("rejudge", "run", "--judge", "sim:peer", "--out", "run");
    expect([into.code, into.stderr]).toEqual([2, expect.stringMatching(/holds a benchmark run/)]);
    const strict = await cli("rejudge", "run", "--judge", "sim:strict");
    expect([strict.code, strict.stderr]).toEqual([2, expect.stringMatching(/no simulated model "strict"/)]);
    const none = await cli("rejudge", "run");
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/--judge/)]);
  });
});
