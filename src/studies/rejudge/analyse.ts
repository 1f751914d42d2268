import type { MappingKind } from "../../core/config/ids.ts";
import type { Config } from "../../core/config/resolved.ts";
import { fold, type Key } from "../../core/random.ts";
import { SCALE_MAX, SCALE_MIN, signOf } from "../../core/rating-scale.ts";
import type { Interval, MethodSummary, Results } from "../../core/run-record.ts";
import { isBaseline, isCompared, isUnderTest } from "../../methods/about.ts";
import { summariseMethods } from "../../pipeline/summarise.ts";
import {
  kappaStatistic,
  type PairStatistic,
  sameStatistic,
  spearmanStatistic,
} from "../../statistics/agreement.ts";
import { clusterIntervals } from "../../statistics/cluster-bootstrap.ts";
import { holm } from "../../statistics/correction.ts";
import { spearman } from "../../statistics/correlation.ts";
import { type CrossedCells, infer } from "../../statistics/crossed.ts";
import { mean } from "../../statistics/descriptive.ts";
import { type Differences, pairedDifferences, TIE_TOLERANCE } from "../../statistics/differences.ts";
import { meanOverWorlds, ratioOfSums } from "../../statistics/linearised.ts";
import type { Rejudged, ScorePair } from "./collect.ts";
import type { StoredUser } from "./stored.ts";

/**
 * An estimate with its 95 % interval over users: Student's t for a mean; a bootstrap for correlations and kappa, whose
 * ranks and chance agreement are no sums that could be linearised, and for shares, which it keeps between 0 and 1.
 */
export interface Estimate {
  readonly value: number | null;
  readonly ci95: Interval | null;
}

/** How two judges' scores of the same texts on the same principles go together. */
export interface ScoreAgreement {
  /** Scores that both gave, and those that one of them did not. */
  readonly scores: number;
  readonly missing: number;
  readonly spearman: Estimate;
  /** On whole scores 1..10, to which other scores are rounded. */
  readonly quadraticKappa: Estimate;
  /** Mean of the second judge's score minus the first's. */
  readonly difference: Estimate;
}

/** How often both judges see the same winner of method and baseline. */
export interface OutcomeAgreement {
  readonly pairs: number;
  /** Share of pairs with the same of win, tie and loss, and Cohen's kappa of the three. */
  readonly same: Estimate;
  readonly kappa: Estimate;
  /** Among the pairs in which neither judge sees a tie. */
  readonly decided: number;
  readonly sameDecided: Estimate;
}

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
      scores: scoreAgreement(own.scores, fold(methodKey, "scores"), resamples),
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
    overall: scoreAgreement(texts, fold(key, "overall"), resamples),
    principles: results.config.pool.principles.map((principle) => ({
      principle,
      ...scoreAgreement(
        texts.filter((t) => t.principle === principle),
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

interface Gains {
  readonly first: Differences;
  readonly second: Differences;
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

function scoreAgreement(pairs: readonly ScorePair[], key: Key, resamples: number): ScoreAgreement {
  const known = pairs.filter((p) => p.first !== null && p.second !== null);
  const [x, y] = (["first", "second"] as const).map((judge) => known.map((p) => p[judge] as number)) as [
    number[],
    number[],
  ];
  const clusters = known.map(({ user }) => user);
  const [spearman, quadraticKappa] = estimates(
    clusters,
    [
      spearmanStatistic(x, y),
      kappaStatistic(x.map(Math.round), y.map(Math.round), [SCALE_MIN, SCALE_MAX], "quadratic"),
    ],
    key,
    resamples,
  ) as [Estimate, Estimate];
  const difference = meanDifference(known);
  return { scores: known.length, missing: pairs.length - known.length, spearman, quadraticKappa, difference };
}

/** The mean over scores, which a user has many of. */
function meanDifference(known: readonly ScorePair[]): Estimate {
  const users = [...Map.groupBy(known, ({ user }) => user).values()];
  const column = (of: (pairs: readonly ScorePair[]) => number): CrossedCells => ({
    users: users.length,
    worlds: 1,
    values: Float64Array.from(users, of),
  });
  const mean = ratioOfSums(
    column((pairs) => pairs.reduce((sum, { first, second }) => sum + (second ?? 0) - (first ?? 0), 0)),
    column((pairs) => pairs.length),
  );
  return { value: mean?.estimate ?? null, ci95: infer(mean)?.ci95 ?? null };
}

function outcomeAgreement({ first, second }: Gains, key: Key, resamples: number): OutcomeAgreement {
  const pairs = Array.from(first.values, (gain, i) => ({
    user: Math.floor(i / first.worlds),
    x: outcomeOf(gain),
    y: outcomeOf(second.values[i] as number),
  })).filter(({ x, y }) => !Number.isNaN(x) && !Number.isNaN(y));
  const decided = pairs.filter(({ x, y }) => x !== 0 && y !== 0);
  const sides = (list: typeof pairs): [number[], number[]] => [
    list.map(({ x }) => x),
    list.map(({ y }) => y),
  ];
  const users = (list: typeof pairs): number[] => list.map(({ user }) => user);
  const [same, kappa] = estimates(
    users(pairs),
    [sameStatistic(...sides(pairs)), kappaStatistic(...sides(pairs), [-1, 1], "nominal")],
    key,
    resamples,
  ) as [Estimate, Estimate];
  const [sameDecided] = estimates(users(decided), [sameStatistic(...sides(decided))], key, resamples) as [
    Estimate,
  ];
  return { pairs: pairs.length, same, kappa, decided: decided.length, sameDecided };
}

/** +1: the method wins; -1: the baseline; 0: a tie; NaN: unknown. */
function outcomeOf(gain: number): number {
  if (Number.isNaN(gain)) return gain;
  return gain > TIE_TOLERANCE ? 1 : gain < -TIE_TOLERANCE ? -1 : 0;
}

function estimates(
  clusters: readonly number[],
  statistics: readonly PairStatistic[],
  key: Key,
  resamples: number,
): Estimate[] {
  const intervals = clusterIntervals(clusters, statistics, key, resamples);
  return statistics.map((statistic, i) => ({ value: statistic(), ci95: intervals[i] ?? null }));
}
