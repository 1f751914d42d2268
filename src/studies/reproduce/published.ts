import type { ScoreMapping } from "../../core/rating-scale.ts";
import { promptOptimization } from "../../methods/prompt-optimization/prompt-optimization.ts";
import { ragSummary } from "../../methods/retrieval/rag-summary.ts";
import { routingOracle } from "../../methods/routing/oracle.ts";
import { routing } from "../../methods/routing/routing.ts";
import type { BaseId } from "./grid.ts";

/** A figure that the paper prints. */
export interface Published {
  /** In points of the paper's own scale, 1 to 100 divided by ten; `null` where we do not know it. */
  readonly delta: number | null;
  readonly winLossRatio: number | null;
  readonly note: string | null;
}

interface PublishedRow extends Published {
  readonly base: BaseId;
  readonly method: string;
}

/** One active attribute, a signed permutation, 1,000 test users; every other figure of the paper is unknown to us. */
const MAIN_GRID: readonly PublishedRow[] = [
  { base: "qwen", method: routing.id, delta: 1.11, winLossRatio: 1.79, note: null },
  { base: "qwen", method: ragSummary.id, delta: 0.26, winLossRatio: 1.16, note: null },
  { base: "qwen", method: routingOracle.id, delta: 1.93, winLossRatio: 2.88, note: null },
  {
    base: "llama",
    method: promptOptimization.id,
    delta: null,
    winLossRatio: 1,
    note: "about 1.0; of which base LLM is not certain, the paper's jobs run this one",
  },
];

/** The setting that the published figures belong to, as the main grid calls it. */
const PUBLISHED_SETTING = "m = 1";

/** What the paper prints for a row of the main grid; `undefined` where we know of nothing. */
export function publishedFor(
  target: string,
  base: BaseId,
  setting: string,
  method: string,
): Published | undefined {
  if (target !== "main-grid" || setting !== PUBLISHED_SETTING) return undefined;
  const row = MAIN_GRID.find((known) => known.base === base && known.method === method);
  return row && { delta: row.delta, winLossRatio: row.winLossRatio, note: row.note };
}

/** A difference of scores in tenths of 1 to 100, in points of the linear scale of 1 to 10 (`core/rating-scale.ts`). */
const TENTHS_TO_LINEAR = 10 / 11;

/** What a published Δ is multiplied by to stand on a run's own scale. */
export function publishedFactor({ mapping }: { readonly mapping?: ScoreMapping }): number {
  return mapping === "tenth" ? 1 : TENTHS_TO_LINEAR;
}
