import type { LanguageModel } from "../core/ports/language-model.ts";
import type { JudgeSettings } from "./settings.ts";

/** Which of a judge's independent opinions on a text. */
export type Draw = "first" | "second";

/**
 * The draw that scores an answer which was chosen by its first scores. The best of many noisy scores is too high on average
 * (the winner's curse: Capen, Clapp and Campbell, 1971); a second draw does not know of the choice. A judge that says the
 * same again has none: then the score holds its error on the chosen answer.
 */
export function drawOfChosen(
  model: Pick<LanguageModel, "deterministic">,
  { weighted }: Pick<JudgeSettings, "weighted">,
): Draw {
  return weighted || model.deterministic ? "first" : "second";
}
