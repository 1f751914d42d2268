import { toward } from "../../core/rating-scale.ts";
import type { Interval } from "../../core/run-record.ts";
import { infer } from "../../statistics/crossed.ts";
import { type Differences, pairedDifferences } from "../../statistics/differences.ts";
import { meanOverWorlds } from "../../statistics/linearised.ts";
import { pairedSummary, summarizeWorlds } from "../../statistics/paired.ts";
import type { Arm } from "./arms.ts";
import type { WorldScores } from "./collect.ts";

/**
 * What chance is taken to be.
 * - `users`: which users there are (and which worlds): the crossed t of a run.
 * - `mapping`: the signs of the mapping's rows. For answers that do not depend on C, the row of a principle may as well
 *   have the opposite sign, in each world anew (that is how mappings are sampled); then what the answers gained for those
 *   whom the row makes want or refuse that principle would have been lost. Interval and test (Student's t) take (world, principle) as the
 *   unit. So a mapping that suits the answers by luck is known for what it is.
 */
export type ChanceOf = "users" | "mapping";

/** What an arm gains over the non-personalized answers. */
export interface Effect {
  readonly arm: string;
  readonly delta: number | null;
  readonly deltaCi95: Interval | null;
  readonly pValue: number | null;
  readonly chanceOf: ChanceOf;
  readonly win: number | null;
  readonly tie: number | null;
  readonly loss: number | null;
  readonly users: number;
  readonly worlds: number;
  readonly missing: number;
  readonly perWorld: readonly (number | null)[];
}

/**
 * The unit of chance of an arm. Without the own history, answers gain nothing on average over the users of each world,
 * whatever the mapping is, since the sides of the attributes are balanced: the finer test will do.
 */
function chanceOf({ isMappingFree, readsHistory, kind }: Arm, worlds: readonly WorldScores[]): ChanceOf {
  const isFixed = worlds.every(({ world }) => world.kind === "file");
  const knowsUser = readsHistory || kind === "probe";
  return isMappingFree && knowsUser && !isFixed ? "mapping" : "users";
}

/** What an arm gains over the non-personalized answers in these worlds; interval and p-value are one t. */
export function effectOf(arm: Arm, worlds: readonly WorldScores[]): Effect {
  const rewardsOf = (scores: WorldScores["baseline"]): (number | null)[] => scores.map((s) => s.reward);
  const rewards = worlds.map((w) => rewardsOf(w.arms.get(arm.id) ?? []));
  const baselines = worlds.map((w) => rewardsOf(w.baseline));
  const perWorld = worlds.map((_, i) => pairedSummary(rewards[i] ?? [], baselines[i] ?? []));
  const { delta, win, tie, loss, missing } = summarizeWorlds(perWorld);
  const unit = chanceOf(arm, worlds);
  const byUser = pairedDifferences(rewards, baselines);
  const found = infer(meanOverWorlds(unit === "users" ? byUser : rowUnits(arm, worlds)));
  return {
    arm: arm.id,
    delta,
    deltaCi95: found?.ci95 ?? null,
    pValue: found?.pValue ?? null,
    chanceOf: unit,
    win,
    tie,
    loss,
    users: byUser.users,
    worlds: byUser.worlds,
    missing,
    perWorld: perWorld.map((w) => w.delta),
  };
}

/**
 * What each (world, principle) adds to Δ, times their number, so that the mean of the units is Δ: weight times the gain
 * towards the target, summed over the users whose reward weighs that principle in that world.
 */
function rowUnits(arm: Arm, worlds: readonly WorldScores[]): Differences {
  const units = new Map<string, number>();
  const usable = worlds
    .map((scores, w) => ({ scores, w, answers: scores.arms.get(arm.id) ?? [] }))
    .map((entry) => ({
      ...entry,
      pairs: entry.answers.flatMap(({ reward }, u) =>
        reward === null || (entry.scores.baseline[u]?.reward ?? null) === null ? [] : [u],
      ),
    }))
    .filter(({ pairs }) => pairs.length > 0);
  for (const { scores, w, answers, pairs } of usable) {
    for (const u of pairs) {
      for (const [t, { principle, sign, weight }] of (scores.targets[u] ?? []).entries()) {
        const gain =
          toward(answers[u]?.scores[t] as number, sign) -
          toward(scores.baseline[u]?.scores[t] as number, sign);
        const unit = `${w}/${principle}`;
        units.set(unit, (units.get(unit) ?? 0) + (weight * gain) / (pairs.length * usable.length));
      }
    }
  }
  const values = Float64Array.from(units.values(), (sum) => sum * units.size);
  return { users: values.length, worlds: 1, values };
}
