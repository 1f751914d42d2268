import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StyleLabel, Target, UserProfile } from "../../src/core/artifacts.ts";
import { styleLabels } from "../../src/core/artifacts.ts";
import type { Config } from "../../src/core/config/resolved.ts";
import { fold, type Key, rngOf, rootKey } from "../../src/core/random.ts";
import { directionOf, type Sign, toward } from "../../src/core/rating-scale.ts";
import { RESULTS_SCHEMA, type Results, type Sample, type UserRecord } from "../../src/core/run-record.ts";
import { createMethod } from "../../src/methods/registry.ts";
import { resultConfig } from "../../src/pipeline/run.ts";
import { summariseMethods } from "../../src/pipeline/summarise.ts";
import { summarisePairs } from "../../src/pipeline/summarise-pairs.ts";

/** Texts that try to be more than text. */
export const HOSTILE = {
  html: `<script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"><b>bold</b></textarea></script>`,
  attribute: `"><svg onload="window.hacked=3"> ' onmouseover='window.hacked=4' {{ 7*7 }} \${7*7}`,
  rightToLeft:
    "\u202Egnorw ton si siht \u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 \u2066 unclosed isolate",
  emoji: "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u{1F9D1}\u{1F3FD}‍💻 Z̸̢͇a̵l̶g̷o",
  controls: "null \u0000 bell \u0007 escape \u001b[31mred\u001b[0m feff \ufeff lone \ud800 end",
  line: `${"x".repeat(20_000)}`,
} as const;

/** A million characters, the last of which can be found. */
export const MILLION = `${"long answer ".repeat(83_333)}the end`;

export interface FixtureOptions {
  readonly users?: number;
  readonly worlds?: number;
  readonly methods?: Config["methods"];
  readonly k?: number;
  /** Replaces the first users' texts by hostile ones. */
  readonly hostile?: boolean;
  readonly answerLength?: number;
  readonly seed?: number;
  /** Another number: other answers and scores for the same users and worlds. */
  readonly variant?: number;
}

/** A whole run made up from a seed: its figures agree with its samples, as those of a real run do. */
export interface RunFixture {
  readonly results: Results;
  users(): Generator<UserRecord>;
  samples(): Generator<Sample>;
}

const METHODS: Config["methods"] = [
  { id: "none" },
  { id: "routing-oracle" },
  { id: "routing" },
  { id: "rag-exemplar" },
  { id: "rag-summary" },
  { id: "in-context" },
  { id: "majority-routing" },
  { id: "random-routing" },
];

/** How much each made-up method gains. */
const GAIN: Readonly<Record<string, number>> = {
  "routing-oracle": 2,
  routing: 1.1,
  "rag-summary": 0.3,
  "majority-routing": -0.2,
  "random-routing": -0.4,
};

const WORDS =
  "the answer explains what to do first and why it helps when time is short or plans change".split(" ");

export function runFixture(options: FixtureOptions = {}): RunFixture {
  const {
    users = 24,
    worlds = 2,
    k = 4,
    methods = METHODS,
    answerLength = 400,
    seed = 1,
    variant = 1,
  } = options;
  const attributes = Array.from({ length: k }, (_, i) => `attribute ${"abcdefghijkl"[i]}`);
  const principles = Array.from({ length: k }, (_, i) => `principle ${"abcdefghijkl"[i]}`);
  const key = fold(rootKey(seed), "fixture");
  const drawn = fold(fold(key, "variant"), variant);
  const config = fixtureConfig({ attributes, principles }, users, worlds, methods, seed);
  const chosen = config.methods.map((method, i) => createMethod(method, i));
  const profiles = Array.from({ length: users }, (_, u): UserProfile => {
    const rng = rngOf(fold(fold(key, "profile"), u));
    const active = rng.int(k);
    const side = rng.sign();
    return {
      id: `test-${u}`,
      split: "test",
      attributes: attributes.map((_, i) => (i === active ? side : 0)),
    };
  });
  const worldList = config.worlds.map((s) => ({
    seed: s,
    kind: "signed-permutation",
    matrix: permutation(fold(fold(key, "world"), s), k),
  }));
  const targetOf = (w: number, u: number): Target => {
    const matrix = worldList[w]?.matrix as number[][];
    const profile = profiles[u] as UserProfile;
    const j = profile.attributes.findIndex((a) => a !== 0);
    const i = matrix.findIndex((row) => row[j] !== 0);
    return {
      principle: i,
      sign: ((matrix[i]?.[j] as number) * (profile.attributes[j] as number)) as Sign,
      weight: 1,
    };
  };
  const scoreOf = (w: number, u: number, method: string): number | null => {
    const rng = rngOf(fold(fold(fold(fold(drawn, "score"), w), u), method));
    if (rng.uniform() < 0.02) return null;
    const score = 5.5 + (GAIN[method] ?? 0) + 1.6 * rng.normal();
    const { sign } = targetOf(w, u);
    return toward(Math.min(10, Math.max(1, Math.round(score))), sign);
  };
  const labelOf = (w: number, u: number, method: string): StyleLabel | undefined => {
    if (!method.includes("routing")) return undefined;
    const rng = rngOf(fold(fold(fold(fold(drawn, "label"), w), u), method));
    const right = method === "routing-oracle" || (method === "routing" && rng.uniform() < 0.6);
    const target = targetOf(w, u);
    return right
      ? { principle: principles[target.principle] as string, direction: directionOf(target.sign) }
      : rng.pick(styleLabels(principles));
  };
  const rewardOf = (w: number, u: number, method: string): number | null => {
    const score = scoreOf(w, u, method);
    return score === null ? null : toward(score, targetOf(w, u).sign);
  };
  const outcomes = worldList.map((world, w) => ({
    world: world as never,
    targets: profiles.map((_, u) => [targetOf(w, u)]),
    baseline: profiles.map((_, u) => rewardOf(w, u, "none")),
    methods: chosen.map((m) => profiles.map((_, u) => rewardOf(w, u, m.id))),
    labels: chosen.map((m) => profiles.map((_, u) => labelOf(w, u, m.id))),
  }));
  const known = outcomes.flatMap((o) => o.baseline).filter((r) => r !== null);
  const results: Results = {
    schema: RESULTS_SCHEMA,
    version: "0.1.0",
    simulated: true,
    config: resultConfig(config),
    models: Object.fromEntries(
      ["base", "candidate", "rewriter", "judge"].map((role) => [
        role,
        { id: "sim:default", identity: `fixture ${role}` },
      ]),
    ) as Results["models"],
    prompts: { judge: "0123456789abcdef" },
    worlds: worldList,
    users: { train: 0, validation: 0, test: users, replaced: 1 },
    ratings: { asked: users * 2 * k * k, missing: 3 },
    baseline: { meanReward: known.reduce((a, b) => a + b, 0) / known.length },
    methods: summariseMethods(
      config,
      chosen,
      outcomes,
      profiles.map((p) => p.attributes),
    ),
    pairs: summarisePairs(chosen, outcomes),
    usage: [
      {
        role: "base",
        model: "sim:default",
        calls: 1200,
        repeats: 0,
        cacheHits: 345,
        inputTokens: 123_456,
        outputTokens: 234_567,
        costUsd: null,
        failures: 0,
      },
      {
        role: "judge",
        model: "sim:default",
        calls: 3456,
        repeats: 7,
        cacheHits: 12,
        inputTokens: 3_456_789,
        outputTokens: 4_000,
        costUsd: 1.25,
        failures: 2,
      },
    ],
  };
  const hostile = options.hostile ? Object.values(HOSTILE) : [];
  const textOf = (key: Key, u: number, length: number): string => hostile[u] ?? prose(key, length);
  return {
    results,
    *users() {
      for (const [u, { id, attributes: sides }] of profiles.entries()) {
        const textKey = fold(fold(key, "text"), u);
        yield {
          user: id,
          attributes: sides.flatMap((side, i) =>
            side === 0 ? [] : [{ attribute: attributes[i] as string, side: directionOf(side) }],
          ),
          history: [textOf(fold(textKey, "h0"), u, 120), prose(fold(textKey, "h1"), 120)],
          prompt: textOf(fold(textKey, "prompt"), u, 80),
          baseline: textOf(fold(fold(drawn, "baseline"), u), u, answerLength),
        };
      }
    },
    *samples() {
      for (const [w, world] of worldList.entries()) {
        for (const { id, name } of chosen) {
          for (const [u, { id: user }] of profiles.entries()) {
            const { principle, sign, weight } = targetOf(w, u);
            const [score, baseline] = [scoreOf(w, u, id), rewardOf(w, u, "none")];
            const reward = rewardOf(w, u, id);
            const label = labelOf(w, u, id);
            const answerKey = fold(fold(fold(fold(drawn, "answer"), u), id), w);
            yield {
              world: world.seed,
              method: name,
              user,
              ...(label === undefined ? {} : { label }),
              answer:
                options.hostile && u === hostile.length && id === "routing"
                  ? MILLION
                  : textOf(answerKey, u, answerLength),
              scores: [
                { principle: principles[principle] as string, direction: directionOf(sign), weight, score },
              ],
              reward,
              baselineReward: baseline,
              difference: reward === null || baseline === null ? null : reward - baseline,
            };
          }
        }
      }
    },
  };
}

/** Writes `results.json`, `users.jsonl` and `samples.jsonl` into a folder. */
export function writeRunFixture(dir: string, run: RunFixture): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "results.json"), `${JSON.stringify(run.results, null, 2)}\n`);
  writeFileSync(join(dir, "users.jsonl"), lines(run.users()));
  writeFileSync(join(dir, "samples.jsonl"), lines(run.samples()));
}

function lines(records: Iterable<unknown>): string {
  return [...records].map((record) => `${JSON.stringify(record)}\n`).join("");
}

function prose(key: Key, length: number): string {
  const rng = rngOf(key);
  const words: string[] = [];
  for (let size = 0; size < length; size += (words.at(-1)?.length ?? 0) + 1) words.push(rng.pick(WORDS));
  return `${words.join(" ")}.`;
}

function permutation(key: Key, k: number): number[][] {
  const rng = rngOf(key);
  const order = rng.shuffle(Array.from({ length: k }, (_, i) => i));
  return order.map((column) => {
    const sign = rng.sign();
    return Array.from({ length: k }, (_, j) => (j === column ? sign : 0));
  });
}

function fixtureConfig(
  pool: Config["pool"],
  users: number,
  worlds: number,
  methods: Config["methods"],
  seed: number,
): Config {
  const model = { provider: "sim" as const, model: "default" };
  return {
    pool,
    activeAttributes: 1,
    historyLength: 2,
    users: { train: 0, validation: 0, test: users, voices: true },
    conversations: { source: "builtin", perUser: 20, maxCharacters: 4000 },
    mapping: { kind: "signed-permutation" },
    targets: 1,
    worlds: Array.from({ length: worlds }, (_, i) => i + 1),
    models: { base: model, candidate: model, rewriter: model, judge: model, embedder: model },
    methods,
    judge: { scale: 10, retries: 3, weighted: false, ratings: "all" },
    statistics: { resamples: 200, permutations: 200, margin: 0.25 },
    budget: {},
    concurrency: 8,
    seed,
    out: "runs/fixture",
  };
}
