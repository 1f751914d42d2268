import type { Interval, MethodSummary, Results, UsageRow } from "../../core/run-record.ts";
import type { Simulated } from "../../core/simulated.ts";
import { isCompared } from "../../methods/about.ts";
import { BASES, type BaseId, type PaperCell, type TargetId } from "./grid.ts";
import { type Published, publishedFactor, publishedFor } from "./published.ts";

/** Version of the shape of the record; scripts rely on it. */
export const REPRODUCE_SCHEMA = "apm-bench/reproduce@1";

export interface ReproducedMethod
  extends Pick<
    MethodSummary,
    | "meanReward"
    | "delta"
    | "deltaCi95"
    | "winLossRatio"
    | "winLossRatioCi95"
    | "pValueAdjusted"
    | "verdict"
    | "users"
    | "worlds"
    | "missing"
  > {
  readonly id: string;
  readonly name: string;
  /** `null` where we know of no published figure. */
  readonly published: ReproducedFigure | null;
}

/** A published figure beside ours. */
export interface ReproducedFigure extends Published {
  /** Δ on this run's scale. */
  readonly deltaHere: number | null;
  /** Whether that lies within our interval; `null` without either, and where anything was simulated. */
  readonly isWithin: boolean | null;
}

/** A cell of the paper, and what became of it here. */
export interface ReproducedCell {
  readonly target: TargetId;
  readonly base: string;
  readonly setting: string;
  /** `left out`: it cannot be run here; `failed`: it was tried. */
  readonly state: "finished" | "failed" | "left out";
  readonly reason: string | null;
  /** Of its run, below the study's directory; two cells that are the same run have one. */
  readonly folder: string | null;
  /** What a published Δ is multiplied by to stand on this cell's scale. */
  readonly scaleFactor: number | null;
  readonly methods: readonly ReproducedMethod[];
}

export interface ReproduceRecord extends Simulated {
  readonly schema: typeof REPRODUCE_SCHEMA;
  readonly version: string;
  readonly target: TargetId | "all";
  /** 1: the paper's numbers of users and worlds. */
  readonly scale: number;
  /** What was done otherwise than the presets say. */
  readonly notes: readonly string[];
  readonly cells: readonly ReproducedCell[];
  /** Of the process that completed them, summed over the runs. */
  readonly usage: readonly UsageRow[];
  readonly storedCalls: number;
}

/** A paper's cell with the target that it belongs to. */
export interface TargetCell extends PaperCell {
  readonly target: TargetId;
}

/** The same for all cells that have no results. */
export function missingCell(
  { target, base, setting }: TargetCell,
  state: "failed" | "left out",
  reason: string,
): ReproducedCell {
  return {
    ...{ target, base: BASES[base].name, setting, state, reason },
    ...{ folder: null, scaleFactor: null, methods: [] },
  };
}

/** A finished run as a cell of the paper. @param folder of its run, below the study's directory */
export function finishedPaperCell(
  { target, base, setting }: TargetCell,
  folder: string,
  results: Results,
): ReproducedCell {
  const scaleFactor = publishedFactor(results.config.judge);
  return {
    ...{ target, base: BASES[base].name, setting, state: "finished", reason: null, folder, scaleFactor },
    methods: results.methods.filter(isCompared).map(({ id, name, summary }): ReproducedMethod => {
      const { meanReward, delta, deltaCi95, winLossRatio, winLossRatioCi95 } = summary;
      const { pValueAdjusted, verdict, users, worlds, missing } = summary;
      return {
        ...{ id, name, meanReward, delta, deltaCi95, winLossRatio, winLossRatioCi95 },
        ...{ pValueAdjusted, verdict, users, worlds, missing },
        published: beside(target, base, setting, id, scaleFactor, results.simulated ? null : deltaCi95),
      };
    }),
  };
}

function beside(
  target: TargetId,
  base: BaseId,
  setting: string,
  method: string,
  factor: number,
  ci95: Interval | null,
): ReproducedFigure | null {
  const published = publishedFor(target, base, setting, method);
  if (published === undefined) return null;
  const deltaHere = published.delta === null ? null : factor * published.delta;
  const isWithin = deltaHere === null || ci95 === null ? null : deltaHere >= ci95[0] && deltaHere <= ci95[1];
  return { ...published, deltaHere, isWithin };
}
