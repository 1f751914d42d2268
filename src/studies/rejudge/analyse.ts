import type { MappingKind } from "../../core/config/ids.ts";
import type { Config } from "../../core/config/resolved.ts";
import { fold, type Key } from "../../core/random.ts";
import { scoreBounds, signOf } from "../../core/rating-scale.ts";
import type { Interval, MethodSummary, Results } from "../../core/run-record.ts";
import { isBaseline, isCompared, isUnderTest } from "../../methods/about.ts";
import { summariseMethods } from "../../pipeline/summarise.ts";
import { holm } from "../../statistics/correction.ts";
import { spearman } from "../../statistics/correlation.ts";
import { infer } from "../../statistics/crossed.ts";
import { mean } from "../../statistics/descriptive.ts";
import { pairedDifferences } from "../../statistics/differences.ts";
import { meanOverWorlds } from "../../statistics/linearised.ts";
import {
  type Gains,
  type OutcomeAgreement,
  outcomeAgreement,
  type ScoreAgreement,
  scoreAgreement,
} from "./agreement.ts";
import type { Rejudged } from "./collect.ts";
import type { StoredUser } from "./stored.ts";

export interface JudgeChange {
  readonly delta: number | null;
  readonly ci95: Interval | null;
  readonly pValue: number | null;
  /** Holm over the methods under test; `null` for oracle and floors. */
  readonly pValueAdjusted: number | null;
}

export interface RejudgedMethod {
  readonly id: string;
  readonly name: string;
  readonly first: MethodSummary;
  readonly second: MethodSummary;
  /** Δ under the second judge minus Δ under the first, on the pairs that both have, by the crossed t of a run. */
  readonly change: JudgeChange;
  readonly scores: ScoreAgreement;
  /** `null` of the baseline itself. */
  readonly outcomes: OutcomeAgreement | null;
}

export interface RejudgeAnalysis {
  readonly baseline: { readonly first: number | null; readonly second: number | null };
  readonly methods: readonly RejudgedMethod[];
  /** Over all answers, each text and principle once. */
  readonly overall: ScoreAgreement;
  readonly principles: readonly ({ readonly principle: string } & ScoreAgreement)[];
  /** Spearman's correlation of the methods' Δ; `null` below three methods. */
  readonly rankingSpearman: number | null;
}

/** The run's figures under both judges, and how far the judges agree. */
export function analyseRejudged(
  results: Results,
  users: readonly StoredUser[],
  rejudged: Rejudged,
  config: Config,
  key: Key,
): RejudgeAnalysis {
  const { resamples } = config.statistics;
  const ends = scoreBounds(results.config.judge.mapping);
  const second = secondSummaries(results, users, rejudged, config);
  const unadjusted = results.methods.map((method, m): RejudgedMethod => {
    const own = rejudged.methods[m] as Rejudged["methods"][number];
    const methodKey = fold(key, method.name);
    const gains = {
      first: pairedDifferences(own.first, rejudged.baseline.first),
      second: pairedDifferences(own.second, rejudged.baseline.second),
    };
    const baseline = isBaseline(method);
    return {
      id: method.id,
      name: method.name,
      first: method.summary,
      second: second[m] as MethodSummary,
      change: baseline ? NO_CHANGE : changeOf(gains),
      scores: scoreAgreement(own.scores, ends, fold(methodKey, "scores"), resamples),
      outcomes: baseline ? null : outcomeAgreement(gains, fold(methodKey, "outcomes"), resamples),
    };
  });
  const methods = withAdjusted(unadjusted);
  const texts = rejudged.methods.flatMap(({ scores }) => scores.filter(({ isRepeat }) => !isRepeat));
  const ranked = methods.filter(
    (method) => isCompared(method) && method.first.delta !== null && method.second.delta !== null,
  );
  const gainsBy = (judge: "first" | "second") => ranked.map((m) => m[judge].delta as number);
  return {
    baseline: { first: results.baseline.meanReward, second: meanReward(rejudged.baseline.second) },
    methods,
    overall: scoreAgreement(texts, ends, fold(key, "overall"), resamples),
    principles: results.config.pool.principles.map((principle) => ({
      principle,
      ...scoreAgreement(
        texts.filter((t) => t.principle === principle),
        ends,
        fold(fold(key, "principle"), principle),
        resamples,
      ),
    })),
    rankingSpearman: ranked.length < 3 ? null : spearman(gainsBy("first"), gainsBy("second")),
  };
}

/** The second judge's figures, made as those of a run. */
function secondSummaries(
  results: Results,
  users: readonly StoredUser[],
  { targets, baseline, methods }: Rejudged,
  config: Config,
): MethodSummary[] {
  const outcomes = results.worlds.map((world, w) => ({
    world: { ...world, kind: world.kind as MappingKind },
    targets: targets[w] ?? [],
    baseline: baseline.second[w] ?? [],
    methods: methods.map((m) => m.second[w] ?? []),
    labels: methods.map((m) => m.labels[w] ?? []),
  }));
  const { attributes } = config.pool;
  const profiles = users.map((user) =>
    attributes.map((name) => {
      const shown = user.attributes.find(({ attribute }) => attribute === name);
      return shown === undefined ? 0 : signOf(shown.side);
    }),
  );
  return summariseMethods(config, results.methods, outcomes, profiles).map(({ summary }) => summary);
}

function meanReward(rewards: Rejudged["baseline"]["second"]): number | null {
  const means = rewards.map((world) => mean(world.filter((r) => r !== null)));
  return mean(means.filter((m) => m !== null));
}

const NO_CHANGE: JudgeChange = { delta: null, ci95: null, pValue: null, pValueAdjusted: null };

function changeOf({ first, second }: Gains): JudgeChange {
  const values = second.values.map((gain, i) => gain - (first.values[i] as number));
  const found = infer(meanOverWorlds({ ...first, values }));
  if (found === null) return NO_CHANGE;
  return { delta: found.estimate, ci95: found.ci95, pValue: found.pValue, pValueAdjusted: null };
}

function withAdjusted(methods: readonly RejudgedMethod[]): RejudgedMethod[] {
  const adjusted = holm(methods.map((method) => (isUnderTest(method) ? method.change.pValue : null)));
  return methods.map((method, i) => ({
    ...method,
    change: { ...method.change, pValueAdjusted: adjusted[i] ?? null },
  }));
}
