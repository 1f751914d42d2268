import type { Pool, UserProfile } from "../../core/artifacts.ts";
import { fold, rngOf, rootKey } from "../../core/random.ts";
import {
  type Direction,
  directionOf,
  SCALE_MAX,
  type ScoreMapping,
  toward,
} from "../../core/rating-scale.ts";
import type { World } from "../../world/mapping.ts";
import { reward } from "../../world/reward.ts";
import { preferences, targetsOf } from "../../world/targets.ts";

/** Version of the shape that `mapping --json` prints; scripts rely on it. */
export const EXAMPLE_SCHEMA = "apm-bench/mapping@1";

/** One target of the user, and what an answer's score on it comes to. */
export interface ExampleTarget {
  readonly principle: string;
  readonly direction: Direction;
  /** |p| of the principle over the sum of all targets'. */
  readonly weight: number;
  /** s, as the judge gives it; the same whichever side the user is on. */
  readonly score: number;
  readonly plainScore: number;
  /** s' = s to follow, 11 - s to avoid. */
  readonly toward: number;
  readonly plainToward: number;
}

/** All of the benchmark's arithmetic for one user, one world and two answers. */
export interface WorkedExample {
  readonly schema: typeof EXAMPLE_SCHEMA;
  readonly pool: Pool;
  readonly world: World;
  /** a: one entry an attribute, -1, 0 or 1. */
  readonly attributes: UserProfile["attributes"];
  /** p = C a: one entry a principle. */
  readonly preferences: readonly number[];
  readonly targets: readonly ExampleTarget[];
  /** How a judge's answers become scores. */
  readonly scoreMapping: ScoreMapping;
  /** The judge's scores of the answer and of the plain one, a principle each. */
  readonly scores: { readonly answer: readonly number[]; readonly plain: readonly number[] };
  /** Whether no scores were given, so that some were drawn for the example. */
  readonly scoresAreMadeUp: boolean;
  readonly reward: number;
  readonly plainReward: number;
  /** What counts: the answer's reward minus the plain answer's. */
  readonly delta: number;
}

export interface ExampleSettings {
  readonly scoreMapping: ScoreMapping;
  readonly pool: Pool;
  readonly world: World;
  readonly attributes: UserProfile["attributes"];
  /** n: how many principles are weighed at most. */
  readonly targets: number;
  /** Of the answer and the plain one, a principle each; where they are missing, whole numbers are drawn. */
  readonly scores?: readonly number[] | undefined;
  readonly plain?: readonly number[] | undefined;
}

/** From attributes to the gain, by the very functions that a run uses (spec section 1). */
export function workedExample({
  scoreMapping,
  pool,
  world,
  attributes,
  targets: n,
  scores,
  plain,
}: ExampleSettings): WorkedExample {
  const answers = {
    answer: scores ?? drawnScores(world.seed, "answer", pool.principles.length),
    plain: plain ?? drawnScores(world.seed, "plain", pool.principles.length),
  };
  const targets = targetsOf(world.matrix, attributes, n);
  const rewardOf = (of: readonly number[]): number => reward(targets, (i) => of[i] as number) ?? 0;
  const own = rewardOf(answers.answer);
  const baseline = rewardOf(answers.plain);
  return {
    schema: EXAMPLE_SCHEMA,
    pool: { attributes: pool.attributes, principles: pool.principles },
    world,
    attributes,
    scoreMapping,
    preferences: preferences(world.matrix, attributes),
    targets: targets.map(({ principle, sign, weight }) => {
      const [score, plainScore] = [answers.answer[principle] as number, answers.plain[principle] as number];
      return {
        principle: pool.principles[principle] as string,
        direction: directionOf(sign),
        weight,
        score,
        plainScore,
        toward: toward(score, sign),
        plainToward: toward(plainScore, sign),
      };
    }),
    scores: answers,
    scoresAreMadeUp: scores === undefined || plain === undefined,
    reward: own,
    plainReward: baseline,
    delta: own - baseline,
  };
}

function drawnScores(seed: number, of: string, k: number): number[] {
  const rng = rngOf(fold(fold(rootKey(seed), "worked-example"), of));
  return Array.from({ length: k }, () => 1 + rng.int(SCALE_MAX));
}
