import type { UserProfile } from "../../core/artifacts.ts";
import type { Interval } from "../../core/run-record.ts";
import { infer } from "../../statistics/crossed.ts";
import { pairedDifferences } from "../../statistics/differences.ts";
import { meanOverWorlds } from "../../statistics/linearised.ts";
import { pairedSummary, summarizeWorlds } from "../../statistics/paired.ts";
import type { Arm } from "./arms.ts";
import { type Check, checksOf, type Margin, marginOf, overallVerdict, type Verdict } from "./checks.ts";
import type { AuditData } from "./collect.ts";
import { type Effect, effectOf } from "./effects.ts";
import { type GuessHits, guessHits } from "./guess-hits.ts";

export interface AuditSettings {
  /** The largest gain that counts as none, as a share of what full knowledge gains. */
  readonly margin: number;
}

/** An arm in words, with its gains. */
export interface ConditionRow extends Effect {
  readonly subject: string;
  /** Empty for probes. */
  readonly condition: string;
  readonly kind: Arm["kind"];
}

/**
 * Where a gain is beyond doubt: its interval lies above 0. Who merely mirrors the user gains under the stereotype only.
 */
export type Reading = "both" | "stereotype only" | "arbitrary only" | "neither";

/** A method or probe, with whole histories, under arbitrary mappings and under the stereotype. */
export interface ContrastRow {
  readonly subject: string;
  readonly arbitrary: Effect;
  readonly stereotype: Effect;
  readonly reading: Reading;
}

export interface AuditAnalysis {
  readonly verdict: Verdict;
  readonly margin: Margin;
  readonly checks: readonly Check[];
  readonly conditions: readonly ConditionRow[];
  readonly contrast: readonly ContrastRow[];
  readonly guess: GuessHits;
  /** What the mapping in words adds to, or lacks of, the style of the true first target. */
  readonly revealed: {
    readonly share: number | null;
    readonly change: number | null;
    readonly changeCi95: Interval | null;
  };
  /** |test users on one side - on the other| over all, of the most uneven attribute. */
  readonly imbalance: number;
  readonly isBalanced: boolean;
}

/** From scores to verdicts; asks nothing. */
export function analyseAudit(data: AuditData, settings: AuditSettings): AuditAnalysis {
  const { arms, worlds, contrast } = data;
  const effects = new Map(arms.map((arm) => [arm.id, effectOf(arm, worlds)]));
  const margin = marginOf(settings.margin, effects.get("probe/true-target"));
  const guess = guessHits(
    data.guess,
    worlds.map(({ world }) => world),
  );
  const imbalance = imbalanceOf(data.users.map(({ profile }) => profile));
  // What constant answers can gain is at most about imbalance x reference: half the margin is left for chance.
  const isBalanced = imbalance <= settings.margin / 2;
  const checks = checksOf(arms, effects, guess, margin, isBalanced);
  return {
    verdict: overallVerdict(checks),
    margin,
    checks,
    conditions: arms.map((arm) => ({
      subject: arm.subject,
      condition: arm.conditionName,
      kind: arm.kind,
      ...(effects.get(arm.id) as Effect),
    })),
    contrast:
      contrast === null
        ? []
        : arms
            .filter((arm) => contrast.arms.has(arm.id))
            .map((arm) => {
              const arbitrary = effects.get(arm.id) as Effect;
              const stereotype = effectOf(arm, [contrast]);
              return {
                subject: arm.subject,
                arbitrary,
                stereotype,
                reading: readingOf(arbitrary, stereotype),
              };
            }),
    guess,
    revealed: revealedShare(data, margin),
    imbalance,
    isBalanced,
  };
}

function readingOf(arbitrary: Effect, stereotype: Effect): Reading {
  const gains = ({ deltaCi95 }: Effect): boolean => deltaCi95 !== null && deltaCi95[0] > 0;
  if (gains(stereotype)) return gains(arbitrary) ? "both" : "stereotype only";
  return gains(arbitrary) ? "arbitrary only" : "neither";
}

function revealedShare({ worlds }: AuditData, { reference }: Margin): AuditAnalysis["revealed"] {
  const rewards = (id: string) => worlds.map((w) => (w.arms.get(id) ?? []).map((s) => s.reward));
  const [told, shown] = [rewards("probe/revealed"), rewards("probe/true-target")];
  const { delta } = summarizeWorlds(told.map((world, w) => pairedSummary(world, shown[w] ?? [])));
  return {
    share: delta === null || reference === null || reference <= 0 ? null : 1 + delta / reference,
    change: delta,
    changeCi95: infer(meanOverWorlds(pairedDifferences(told, shown)))?.ci95 ?? null,
  };
}

function imbalanceOf(profiles: readonly UserProfile[]): number {
  const sums: number[] = [];
  for (const { attributes } of profiles) {
    for (const [i, side] of attributes.entries()) sums[i] = (sums[i] ?? 0) + side;
  }
  return Math.max(...sums.map(Math.abs)) / profiles.length;
}
