import type { Interval, MethodSummary, ResultConfig, UsageRow } from "../../core/run-record.ts";
import type { Simulated } from "../../core/simulated.ts";
import { isCompared, isUnderTest } from "../../methods/about.ts";
import { holm } from "../../statistics/correction.ts";
import { compareRuns, type MethodChange } from "../compare-runs.ts";
import type { AblationName } from "./ablations.ts";
import type { FinishedCell } from "./finished-cell.ts";
import type { MethodCurve } from "./learning-curves.ts";
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
    /** Holm, over all changes of the sweep. */
    readonly pValueAdjusted: number | null;
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

export interface SweepRecord extends Simulated {
  readonly schema: typeof SWEEP_SCHEMA;
  readonly version: string;
  readonly ablation: AblationName | null;
  readonly keys: readonly Variation[];
  /** The configuration before any key was varied. */
  readonly config: ResultConfig;
  readonly cells: readonly SweepCell[];
  readonly failed: readonly FailedCell[];
  /** Gain against train users, where `users.train` takes three values or more; else empty. */
  readonly learningCurves: readonly MethodCurve[];
  /** Summed over the cells. */
  readonly usage: readonly UsageRow[];
  /** Calls in the store that all cells share. */
  readonly storedCalls: number;
}

/**
 * Condenses finished cells; the first of them is the reference of the changes. Holm corrects over all changes of the
 * methods under test, in all cells together.
 */
export function sweepCells(cells: readonly FinishedCell[]): SweepCell[] {
  const [reference] = cells;
  const changed = cells.map((cell) =>
    reference === undefined || cell === reference ? [] : compareRuns(reference, cell).changes,
  );
  const underTest = new Set(
    cells.flatMap(({ results }) => results.methods.filter(isUnderTest).map(({ name }) => name)),
  );
  const all = changed.flat();
  const adjusted = holm(all.map(({ name, pValue }) => (underTest.has(name) ? pValue : null)));
  const adjustedOf = new Map(all.map((change, i) => [change, adjusted[i] ?? null]));
  return cells.map(({ values, folder, results }, i) => ({
    values,
    folder,
    baseline: results.baseline,
    methods: results.methods.filter(isCompared).map((method): SweepMethod => {
      const change = changed[i]?.find(({ name }) => name === method.name);
      return {
        id: method.id,
        name: method.name,
        ...shownOf(method.summary),
        change:
          change === undefined
            ? null
            : {
                delta: change.change,
                ci95: change.changeCi95,
                pValue: change.pValue,
                pValueAdjusted: adjustedOf.get(change) ?? null,
                kind: change.kind,
              },
      };
    }),
    usage: results.usage,
  }));
}

type ShownSummary = Omit<SweepMethod, "id" | "name" | "change">;

function shownOf(summary: MethodSummary): ShownSummary {
  const { meanReward, delta, deltaCi95, win, tie, loss, winLossRatio, winLossRatioCi95 } = summary;
  const { pValue, pValueAdjusted, users, worlds, missing } = summary;
  return {
    ...{ meanReward, delta, deltaCi95, win, tie, loss, winLossRatio, winLossRatioCi95 },
    ...{ pValue, pValueAdjusted, users, worlds, missing },
  };
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
            repeats: before.repeats + row.repeats,
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
