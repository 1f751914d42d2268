import type { LanguageModel } from "../core/ports/language-model.ts";
import type { ModelRecord } from "../core/run-record.ts";
import type { JudgeSettings } from "./settings.ts";

/** What a record says of how a judge was held to the scale; nothing where it was not to be, or asked for nothing. */
export function heldRecord(
  { heldBy }: LanguageModel,
  { constrain }: JudgeSettings,
): Pick<ModelRecord, "constraint"> {
  const constraint = constrain === "auto" ? heldBy?.() : undefined;
  return constraint === undefined ? {} : { constraint };
}
