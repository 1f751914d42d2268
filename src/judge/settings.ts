import type { AskedScale, ScoreMapping } from "../core/rating-scale.ts";

export interface JudgeSettings {
  readonly scale: AskedScale;
  /** Asks at most this often (at least 1) before the score is missing. */
  readonly retries: number;
  /** Score from log-probabilities instead of the written number. */
  readonly weighted: boolean;
  /** `auto`: the judge is held to the scale's numbers where its server can; absent: `off`. */
  readonly constrain?: "auto" | "off";
  /** How answers on 1-100 become scores; absent: linearly. */
  readonly mapping?: ScoreMapping;
  /** What it is shown; absent: the answer alone. */
  readonly sees?: "answer" | "prompt-and-answer";
  /** What it is shown first; absent: the property. */
  readonly order?: "text-first" | "property-first";
}

/** For studies that rate texts by themselves: nothing stands beside them that the judge could see. */
export const textJudge = (settings: JudgeSettings): JudgeSettings => ({ ...settings, sees: "answer" });
