import { join } from "node:path";
import type { System } from "../../core/ports/system.ts";
import { simulatedInAny } from "../../core/simulated.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import { analyseLanguage } from "../../studies/language-analysis/analyse.ts";
import type { LogOddsSettings } from "../../studies/language-analysis/log-odds.ts";
import { type LanguageRecord, languageOutline } from "../../studies/language-analysis/outline.ts";
import { usersFromJsonl } from "../../studies/language-analysis/users.ts";
import { type FinishedStudy, OWN_FOLDER } from "./finished-study.ts";

export interface LanguageSettings extends LogOddsSettings {
  /** These attributes alone; all when empty. */
  readonly attribute: readonly string[];
  /** How many n-grams of either side people are shown. */
  readonly top: number;
  readonly out?: string | undefined;
}

/**
 * The words that give a user attribute away; no model is asked.
 * @param sources files of users, or run directories
 * @throws UsageError for files that cannot be read
 */
export function runLanguage(
  system: System,
  sources: readonly string[],
  { attribute, top, out, ...settings }: LanguageSettings,
): FinishedStudy<LanguageRecord> {
  const runs = sources.filter((path) => system.exists(join(path, RUN_FILES.users)));
  const users = sources.flatMap((path) => {
    const file = runs.includes(path) ? join(path, RUN_FILES.users) : path;
    return usersFromJsonl(system.readLines(file), file);
  });
  // What is looked at is how users write; who answered or judged has no part in it.
  const written = runs.map((run) => readResults(system, run));
  const record = { ...simulatedInAny(written, ["rewriter"]), ...analyseLanguage(users, attribute, settings) };
  return {
    record,
    outline: languageOutline(record, { sources, users: users.length, top }),
    folder: out,
    files: OWN_FOLDER,
    also: [],
  };
}
