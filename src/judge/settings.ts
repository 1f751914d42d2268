import type { AskedScale } from "../core/rating-scale.ts";

export interface JudgeSettings {
  readonly scale: AskedScale;
  /** Asks at most this often (at least 1) before the score is missing. */
  readonly retries: number;
  /** Score from log-probabilities instead of the written number. */
  readonly weighted: boolean;
  /** `auto`: the judge is held to the scale's numbers where its server can; absent: `off`. */
  readonly constrain?: "auto" | "off";
  /** What it is shown first; absent: the property. */
  readonly order?: "text-first" | "property-first";
}
