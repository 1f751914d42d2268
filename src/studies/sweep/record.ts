import { fold, type Key } from "../../core/random.ts";
import type { Interval, MethodSummary, ResultConfig, Results, UsageRow } from "../../core/run-record.ts";
import { isCompared } from "../../methods/about.ts";
import type { RunDifferences } from "../../statistics/run-differences.ts";
import { compareRuns, type MethodChange } from "../compare-runs.ts";
import type { AblationName } from "./ablations.ts";
import type { CellValues, Variation } from "./vary.ts";

/** Version of the shape of `sweep.json`; scripts rely on it. */
export const SWEEP_SCHEMA = "apm-bench/sweep@1";

export interface SweepMethod
  extends Pick<
    MethodSummary,
    | "meanReward"
    | "delta"
    | "deltaCi95"
    | "win"
    | "tie"
    | "loss"
    | "winLossRatio"
    | "winLossRatioCi95"
    | "pValue"
    | "pValueAdjusted"
    | "users"
    | "worlds"
    | "missing"
  > {
  readonly id: string;
  readonly name: string;
  /** Δ here minus Δ in the reference cell; `null` there, and for a method that it does not have. */
  readonly change: {
    readonly delta: number | null;
    readonly ci95: Interval | null;
    readonly pValue: number | null;
    /** `paired` where both cells have the same users and worlds. */
    readonly kind: MethodChange["kind"];
  } | null;
}

export interface SweepCell {
  readonly values: CellValues;
  /** Of the cell's own run, below the sweep's directory. */
  readonly folder: string;
  readonly baseline: { readonly meanReward: number | null };
  readonly methods: readonly SweepMethod[];
  /** Of the process that completed the cell: calls that a stopped one had made count as hits. */
  readonly usage: readonly UsageRow[];
}

/** A cell without results. */
export interface FailedCell {
  readonly values: CellValues;
  readonly error: string;
  readonly where: string | null;
}

export interface SweepRecord {
  readonly schema: typeof SWEEP_SCHEMA;
  readonly version: string;
  readonly simulated: boolean;
  readonly ablation: AblationName | null;
  readonly keys: readonly Variation[];
  /** The configuration before any key was varied. */
  readonly config: ResultConfig;
  readonly cells: readonly SweepCell[];
  readonly failed: readonly FailedCell[];
  /** Summed over the cells. */
  readonly usage: readonly UsageRow[];
  /** Calls in the store that all cells share. */
  readonly storedCalls: number;
}

/** A finished cell, as its run left it. */
export interface FinishedCell {
  readonly values: CellValues;
  readonly folder: string;
  readonly results: Results;
  readonly differences: RunDifferences;
}

/** Condenses finished cells; the first of them is the reference of the changes. */
export function sweepCells(cells: readonly FinishedCell[], key: Key): SweepCell[] {
  const [reference] = cells;
  return cells.map((cell) => {
    const { values, folder, results } = cell;
    const changes = new Map(
      reference === undefined || cell === reference
        ? []
        : compareRuns(reference, cell, fold(key, folder)).changes.map((c) => [c.name, c]),
    );
    return {
      values,
      folder,
      baseline: results.baseline,
      methods: results.methods.filter(isCompared).map(({ id, name, summary: s }): SweepMethod => {
        const change = changes.get(name);
        return {
          id,
          name,
          meanReward: s.meanReward,
          delta: s.delta,
          deltaCi95: s.deltaCi95,
          win: s.win,
          tie: s.tie,
          loss: s.loss,
          winLossRatio: s.winLossRatio,
          winLossRatioCi95: s.winLossRatioCi95,
          pValue: s.pValue,
          pValueAdjusted: s.pValueAdjusted,
          users: s.users,
          worlds: s.worlds,
          missing: s.missing,
          change:
            change === undefined
              ? null
              : {
                  delta: change.change,
                  ci95: change.changeCi95,
                  pValue: change.pValue,
                  kind: change.kind,
                },
        };
      }),
      usage: results.usage,
    };
  });
}

/** Usage over several runs, one row a role and model. */
export function totalUsage(usages: readonly (readonly UsageRow[])[]): UsageRow[] {
  const total = new Map<string, UsageRow>();
  for (const row of usages.flat()) {
    const name = `${row.role} ${row.model}`;
    const before = total.get(name);
    total.set(
      name,
      before === undefined
        ? row
        : {
            ...row,
            calls: before.calls + row.calls,
            cacheHits: before.cacheHits + row.cacheHits,
            inputTokens: before.inputTokens + row.inputTokens,
            outputTokens: before.outputTokens + row.outputTokens,
            costUsd: before.costUsd === null || row.costUsd === null ? null : before.costUsd + row.costUsd,
            failures: before.failures + row.failures,
          },
    );
  }
  return [...total.values()];
}
