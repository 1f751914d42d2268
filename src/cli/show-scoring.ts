import type { ReadyScoring, ScoreSettings } from "../app/bundle/score.ts";
import { UsageError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { whole } from "../report/format.ts";

/** What scoring answers asks of the judge, in a line. */
export function scoringWords({ calls, ready }: ReadyScoring): string {
  const { model } = ready.config.models.judge;
  return `${whole(calls.scores)} scores, of which the judge ${model} is asked for ${whole(calls.calls)}; the rest stands in the set`;
}

/** The same before anything is asked. @throws UsageError as `readScoring`, and where no set is named */
export async function showScoringEstimate(
  system: System,
  file: string,
  flags: Omit<Partial<ScoreSettings>, "set"> & { readonly set: string[]; readonly json?: boolean },
): Promise<void> {
  const { bundle, name = "answers" } = flags;
  if (bundle === undefined) {
    throw new UsageError("answers are scored on a frozen set", {
      where: "bundle",
      remedy: "name the set that they answer: a folder, or hf:OWNER/NAME",
    });
  }
  const { readScoring } = await import("../app/bundle/score.ts");
  const scoring = await readScoring(system, file, { ...flags, bundle, name });
  const { calls, missing } = scoring;
  system.stdout(flags.json ? `${JSON.stringify({ ...calls, missing })}\n` : `${scoringWords(scoring)}\n`);
}
