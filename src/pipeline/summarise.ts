import type { UserProfile } from "../core/artifacts.ts";
import type { Config } from "../core/config/resolved.ts";
import { fold, rootKey } from "../core/random.ts";
import type { MethodResult } from "../core/run-record.ts";
import { isCompared } from "../methods/about.ts";
import { bootstrapIntervals } from "../statistics/bootstrap.ts";
import { holm } from "../statistics/correction.ts";
import { pairedDifferences } from "../statistics/differences.ts";
import { pairedSummary, summarizeWorlds } from "../statistics/paired.ts";
import { signFlipPValue } from "../statistics/permutation.ts";
import { minimalDetectableEffect } from "../statistics/power.ts";
import { varianceComponents } from "../statistics/variance-components.ts";
import { breakdown } from "./breakdown.ts";
import type { WorldOutcome } from "./evaluate-world.ts";

interface NamedMethod {
  readonly id: string;
  readonly name: string;
}

/**
 * Rewards of all worlds to the figures of `results.json`. The baseline's own row has no test.
 * @param attributes of the test users, in the outcomes' order
 */
export function summariseMethods(
  config: Config,
  methods: readonly NamedMethod[],
  outcomes: readonly WorldOutcome[],
  attributes: readonly UserProfile["attributes"][],
): MethodResult[] {
  const results = methods.map((method, m) => summariseMethod(config, method, m, outcomes, attributes));
  const adjusted = holm(results.map((r) => r.summary.pValue));
  return results.map((r, i) => ({ ...r, summary: { ...r.summary, pValueAdjusted: adjusted[i] ?? null } }));
}

function summariseMethod(
  config: Config,
  method: NamedMethod,
  m: number,
  outcomes: readonly WorldOutcome[],
  attributes: readonly UserProfile["attributes"][],
): MethodResult {
  const rewards = outcomes.map((o) => o.methods[m] as (number | null)[]);
  const labels = outcomes.map((o) => o.labels[m] ?? []);
  const baselines = outcomes.map((o) => o.baseline);
  const perWorld = outcomes.map((o, w) => pairedSummary(rewards[w] as (number | null)[], o.baseline));
  const all = summarizeWorlds(perWorld);
  const differences = pairedDifferences(rewards, baselines);
  const key = fold(fold(rootKey(config.seed), "statistics"), method.name);
  const tested = isCompared(method);
  const intervals = tested
    ? bootstrapIntervals(differences, fold(key, "bootstrap"), config.statistics.resamples)
    : { delta: null, winLossRatio: null };
  const variance = tested ? varianceComponents(differences) : null;
  return {
    id: method.id,
    name: method.name,
    summary: {
      meanReward: all.meanReward,
      delta: all.delta,
      deltaCi95: intervals.delta,
      deltaSdOverWorlds: all.deltaSdOverWorlds,
      win: all.win,
      tie: all.tie,
      loss: all.loss,
      winLossRatio: all.winLossRatio,
      winLossRatioCi95: intervals.winLossRatio,
      pValue: tested
        ? signFlipPValue(differences, fold(key, "permutation"), config.statistics.permutations)
        : null,
      pValueAdjusted: null,
      users: differences.users,
      worlds: differences.worlds,
      missing: all.missing,
      minimalDetectableEffect: variance && minimalDetectableEffect(variance, differences),
      ...(tested ? { variance } : {}),
    },
    perWorld: perWorld.map(({ meanReward, delta, win, tie, loss }, w) => ({
      seed: (outcomes[w] as WorldOutcome).world.seed,
      meanReward,
      delta,
      win,
      tie,
      loss,
    })),
    ...breakdown(config.pool, rewards, labels, outcomes, attributes),
  };
}
