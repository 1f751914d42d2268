import type { StyleLabel, Target } from "../../core/artifacts.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import type { Observer } from "../../core/events.ts";
import { fingerprint } from "../../core/hash.ts";
import { signOf } from "../../core/rating-scale.ts";
import type { Results } from "../../core/run-record.ts";
import { type ScoredAnswer, scoreAnswer } from "../../evaluation/score.ts";
import type { Judge } from "../../judge/judge.ts";
import type { StoredSample, StoredUser } from "./stored.ts";

/** One text's score on one principle by both judges; `null`: missing. */
export interface ScorePair {
  readonly user: number;
  readonly principle: string;
  readonly first: number | null;
  readonly second: number | null;
  /** Set where the same text was scored on the same principle before: equal answers, other worlds. */
  readonly isRepeat: boolean;
}

/** Rewards indexed [world][user]. */
type Rewards = readonly (readonly (number | null)[])[];

/** What a run's answers got from both judges. */
export interface Rejudged {
  /** Indexed [world][user]. */
  readonly targets: readonly (readonly (readonly Target[])[])[];
  readonly baseline: { readonly first: Rewards; readonly second: Rewards };
  /** In the order of the run's methods. */
  readonly methods: readonly {
    readonly first: Rewards;
    readonly second: Rewards;
    readonly labels: readonly (readonly (StyleLabel | undefined)[])[];
    readonly scores: readonly ScorePair[];
  }[];
}

/**
 * Has the second judge score every stored answer on the principles that its user's reward weighs, and the baseline's
 * answers on the same. No answer is generated.
 * @param samples of these results and users; read while the judge works
 * @throws ProviderError from the judge
 */
export async function collectRejudged(
  results: Results,
  users: readonly StoredUser[],
  samples: Iterable<StoredSample>,
  judge: Judge,
  concurrency: number,
  observe: Observer,
): Promise<Rejudged> {
  const { principles } = results.config.pool;
  const placeOf = {
    user: places(users.map(({ user }) => user)),
    world: places(results.worlds.map(({ seed }) => seed)),
    method: places(results.methods.map(({ name }) => name)),
    principle: places(principles),
  };
  const total = results.methods.reduce((n, { summary }) => n + summary.users * summary.worlds, 0);
  const stage = "answers";
  observe({ type: "stage", stage, total });
  // The baseline's answer to a user in a world is the same beside every method.
  const plain = new Map<string, Promise<ScoredAnswer>>();
  const scored = await mapConcurrent(samples, concurrency, async (sample): Promise<Scored> => {
    const w = placeOf.world.get(sample.world) as number;
    const u = placeOf.user.get(sample.user) as number;
    const m = placeOf.method.get(sample.method) as number;
    const targets = sample.scores.map(({ principle, direction, weight }): Target => {
      return { principle: placeOf.principle.get(principle) as number, sign: signOf(direction), weight };
    });
    const { prompt, baseline: plainText } = users[u] as StoredUser;
    const ask = (text: string | null) => scoreAnswer(judge, text, prompt, targets, principles);
    const baseline = plain.get(`${w}/${u}`) ?? ask(plainText);
    plain.set(`${w}/${u}`, baseline);
    const [second, { reward }] = await Promise.all([ask(sample.answer), baseline]);
    observe({ type: "progress", stage, done: 1, total });
    const { answer, scores, label, ...first } = sample;
    const firstScores = scores.map(({ score }) => score);
    return {
      w,
      u,
      m,
      label,
      targets,
      text: fingerprint(answer ?? ""),
      first,
      firstScores,
      second,
      baseline: reward,
    };
  });
  return gathered(scored, results, users.length);
}

/** One sample with what the second judge gave it; w, u and m are its places among worlds, users and methods. */
interface Scored {
  readonly w: number;
  readonly u: number;
  readonly m: number;
  readonly label: StyleLabel | undefined;
  readonly targets: readonly Target[];
  /** Names the answer. */
  readonly text: string;
  readonly first: Pick<StoredSample, "reward" | "baselineReward">;
  readonly firstScores: readonly (number | null)[];
  readonly second: ScoredAnswer;
  readonly baseline: number | null;
}

function gathered(scored: readonly Scored[], { worlds, methods, config }: Results, users: number): Rejudged {
  const table = <T>(value: () => T): T[][] => worlds.map(() => Array.from({ length: users }, value));
  const missing = (): number | null => null;
  const targets = table((): readonly Target[] => []);
  const baseline = { first: table(missing), second: table(missing) };
  const byMethod = methods.map(() => ({
    first: table(missing),
    second: table(missing),
    labels: table((): StyleLabel | undefined => undefined),
    scores: [] as ScorePair[],
  }));
  const seen = new Set<string>();
  for (const { w, u, m, label, first, second, ...sample } of scored) {
    const method = byMethod[m] as (typeof byMethod)[number];
    put(targets, w, u, sample.targets);
    put(baseline.first, w, u, first.baselineReward);
    put(baseline.second, w, u, sample.baseline);
    put(method.first, w, u, first.reward);
    put(method.second, w, u, second.reward);
    put(method.labels, w, u, label);
    for (const [i, { principle }] of sample.targets.entries()) {
      const name = `${u} ${principle} ${sample.text}`;
      method.scores.push({
        user: u,
        principle: config.pool.principles[principle] as string,
        first: sample.firstScores[i] ?? null,
        second: second.scores[i] ?? null,
        isRepeat: seen.has(name),
      });
      seen.add(name);
    }
  }
  return { targets, baseline, methods: byMethod };
}

function put<T>(table: T[][], row: number, column: number, value: T): void {
  (table[row] as T[])[column] = value;
}

const places = <T>(list: readonly T[]): Map<T, number> => new Map(list.map((item, i) => [item, i]));
