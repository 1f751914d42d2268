import type { ClassifiersRecord } from "./classifier-record.ts";
import type { BundleConfig, Conduct, Config } from "./config/resolved.ts";
import type { DifferenceHistogram } from "./difference-histogram.ts";
import type { EndedRewrites } from "./ended-rewrites.ts";
import type { MethodAbout } from "./method-about.ts";
import type { ModelRole, NumberForm } from "./ports/language-model.ts";
import type { PredictedStyles, RankingRecord } from "./ranking-record.ts";
import type { Direction } from "./rating-scale.ts";
import type { Simulated } from "./simulated.ts";
import type { Submission } from "./submission.ts";

/** Version of the shape of `results.json`; scripts rely on it. */
export const RESULTS_SCHEMA = "apm-bench/results@1";

/** Settings that decide how a run is carried out, not what comes out of it. They stand in `config.json` alone. */
export type ResultConfig = Omit<Config, Conduct | "bundle"> & {
  readonly bundle?: Omit<BundleConfig, "source">;
};

export type Interval = readonly [number, number];

/**
 * What a run says of a method beside no personalization: significance first, by the decisive p-value and the sign of Δ;
 * `practically the same` is an interval within the margin without significance.
 */
export const VERDICTS = [
  "better",
  "worse",
  "practically the same",
  "no significant difference",
  "no result",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The figures of one method over all worlds, against the plain answers. */
export interface MethodSummary {
  readonly meanReward: number | null;
  /** Mean over worlds of the mean paired difference to the baseline. */
  readonly delta: number | null;
  /** 95 %, by the crossed t; not adjusted for the number of methods. */
  readonly deltaCi95: Interval | null;
  /** Of Δ, and the degrees of freedom of its t; `null` with fewer than two users. */
  readonly standardError: number | null;
  readonly degreesOfFreedom: number | null;
  /** Sample standard deviation over worlds; `null` with one world. */
  readonly deltaSdOverWorlds: number | null;
  /** Rates over all pairs; they sum to 1. */
  readonly win: number | null;
  readonly tie: number | null;
  readonly loss: number | null;
  /** Pooled wins / losses; `null` without losses. */
  readonly winLossRatio: number | null;
  /** 95 %. A bound is `null` where there is none: the upper one without losses, the lower one without wins. */
  readonly winLossRatioCi95: readonly [number | null, number | null] | null;
  /** Two-sided, of the t that gives the interval: below 0.05 exactly where the interval leaves 0 out. */
  readonly pValue: number | null;
  /** Holm over the run's methods; `null` for baseline, oracle and floors, which stand outside the family. */
  readonly pValueAdjusted: number | null;
  readonly verdict: Verdict;
  readonly users: number;
  readonly worlds: number;
  /** Pairs without a reward on either side: excluded and counted. */
  readonly missing: number;
  /** Smallest true |Δ| that one unadjusted test at the 5 % level finds with power 0.8 in a study of this size. */
  readonly minimalDetectableEffect: number | null;
  /** The same at the first step of Holm's correction (5 % / methods), which "better" or "worse" needs at worst. */
  readonly minimalDetectableEffectAdjusted: number | null;
  /** Δ over the oracle's Δ on the cells that both have; of methods that are better beside an oracle that is, alone. */
  readonly shareOfOracle?: { readonly share: number; readonly ci95: Interval };
  /**
   * Variances of the paired differences between users, between worlds (`null` with one world) and left over: what a
   * larger study is planned from. Absent in the baseline's row.
   */
  readonly variance?: {
    readonly users: number;
    readonly worlds: number | null;
    readonly residual: number;
  } | null;
}

export interface WorldSummary extends Pick<MethodSummary, "meanReward" | "delta" | "win" | "tie" | "loss"> {
  readonly seed: number;
  /** What fitting found, by name: a chosen penalty, a worth on validation users. */
  readonly learned?: Readonly<Record<string, number>>;
}

/** Δ of one method on some of the pairs. */
interface GroupSummary extends Pick<MethodSummary, "delta" | "deltaCi95"> {
  readonly pairs: number;
}

/** On the pairs whose target is one principle in one direction. */
export interface PrincipleSummary extends GroupSummary {
  readonly principle: string;
  readonly direction: Direction;
}

/** On the users who show one attribute on one side. */
export interface AttributeSummary extends GroupSummary {
  readonly attribute: string;
  readonly side: Direction;
}

/** One method in `results.json`. */
export interface MethodResult extends RankingRecord, ClassifiersRecord {
  readonly id: string;
  readonly name: string;
  /**
   * Of the oracle, which chooses by the judge's scores: the draw of the judge that its answers are scored by. With the first
   * one its gain holds the judge's error on the chosen answers.
   */
  readonly draw?: "first" | "second";
  /** What a method says of itself that is not of the package. */
  readonly about?: MethodAbout;
  readonly summary: MethodSummary;
  readonly perWorld: readonly WorldSummary[];
  readonly perPrinciple: readonly PrincipleSummary[];
  readonly perAttribute: readonly AttributeSummary[];
  readonly differences: DifferenceHistogram;
  /**
   * Of methods that choose a style: how often which was chosen for which. 2K x 2K counts of pairs, rows by the user's
   * strongest target, columns by the chosen style, both in the order follow_0, avoid_0, follow_1, ...
   */
  readonly labels?: readonly (readonly number[])[];
}

/** Two methods against each other, on the users and worlds in which both have a reward: the baseline's noise cancels. */
export interface PairResult {
  /** Names, in the run's order. */
  readonly a: string;
  readonly b: string;
  /** Reward of `a` minus that of `b`, the mean over worlds; `null` where they share no cell. */
  readonly difference: number | null;
  readonly ci95: Interval | null;
  readonly standardError: number | null;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number | null;
  /** Holm over all pairs of the run. */
  readonly pValueAdjusted: number | null;
  /** Users in worlds that both have. */
  readonly cells: number;
}

/** A model of the run: the name people read, and all that can change its answers. */
export interface ModelRecord {
  readonly id: string;
  readonly identity: string;
  /** Of system messages that went at the head of the first user message. */
  readonly systemMessage?: "merge";
  /** Of a judge that was to be held to the scale's numbers: how it was; `none` where its server knows no way. */
  readonly constraint?: NumberForm | "none";
}

/** How far the scores of a judge that is held to the scale could be weighed by probabilities. */
export interface WeighingRecord {
  readonly scores: number;
  /** Those whose numbers had less than half of the probability: the written number stands. */
  readonly plain: number;
  /** Mean probability that the scale's numbers had together; `null` without scores. */
  readonly meanMass: number | null;
}

/** What one model, in one role, was asked in a run. */
export interface UsageRow {
  readonly role: string;
  readonly model: string;
  readonly calls: number; // answered and paid for
  /** Of calls and cache hits: asks again after an answer that could not be used, and all for users who were replaced. */
  readonly repeats: number;
  /** Answered from the store. */
  readonly cacheHits: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** `null` when no price is configured. */
  readonly costUsd: number | null;
  readonly failures: number;
  /** Calls whose tokens are estimated from lengths, as the server's own counts could not be; absent when none are. */
  readonly estimated?: number;
}

/** A whole `results.json`: docs/results.md. */
export interface Results extends Simulated {
  readonly schema: typeof RESULTS_SCHEMA;
  readonly version: string;
  readonly config: ResultConfig;
  /** By role; a stored call is found by its model's identity. */
  readonly models: Readonly<Record<ModelRole, ModelRecord>>;
  /** Fingerprints of the prompts that were sent. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly worlds: readonly {
    readonly seed: number;
    readonly kind: string;
    readonly matrix: readonly (readonly number[])[];
  }[];
  readonly users: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    /** Users that were dropped because of a failed rewrite, and replaced. */
    readonly replaced: number;
    /** Rewrites that ran on and were ended, by where; absent when there were none. */
    readonly ended?: EndedRewrites;
    /** Where test users came from, when they were imported. */
    readonly imported?: string;
  };
  /** Candidate scores that could not be obtained, of all that were asked for. */
  readonly ratings: { readonly asked: number; readonly missing: number };
  /** Of all scores of a weighted judge that is held to the scale; absent of others. */
  readonly weighing?: WeighingRecord;
  readonly baseline: { readonly meanReward: number | null };
  readonly methods: readonly MethodResult[];
  /** Every two methods but the baseline and the oracle. */
  readonly pairs: readonly PairResult[];
  readonly usage: readonly UsageRow[];
  /** Where a method's answers came as a file. */
  readonly submission?: Submission;
}

/** One line of `samples.jsonl`: one method's answer to one test user in one world. */
export interface Sample extends PredictedStyles {
  readonly world: number;
  readonly method: string;
  readonly user: string;
  readonly label?: { readonly principle: string; readonly direction: Direction };
  readonly answer: string | null;
  readonly scores: readonly {
    readonly principle: string;
    readonly direction: Direction;
    readonly weight: number;
    readonly score: number | null;
  }[];
  readonly reward: number | null;
  readonly baselineReward: number | null;
  readonly difference: number | null;
}

/** One line of `users.jsonl`: a test user, with what no method was shown. */
export interface UserRecord {
  readonly user: string;
  readonly attributes: readonly { readonly attribute: string; readonly side: Direction }[];
  readonly history: readonly string[];
  readonly prompt: string;
  readonly baseline: string | null;
}

/** A test user with the answers of all methods in one world. */
export interface Example {
  readonly user: UserRecord;
  readonly samples: readonly Sample[];
}
