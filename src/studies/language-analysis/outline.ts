import { type Simulated, simulatedInAny } from "../../core/simulated.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import { textTable } from "../../report/table.ts";
import type { AttributeLanguage, Skipped } from "./analyse.ts";
import { languageFigures, languageWords, marksTable } from "./report.ts";

/** What the language analysis found; the record holds all n-grams. */
export interface LanguageRecord extends Simulated {
  readonly attributes: readonly AttributeLanguage[];
  readonly skipped: readonly Skipped[];
}

/**
 * @param sources where the users come from
 * @param top how many n-grams of either side people are shown
 */
export function languageOutline(
  { attributes, skipped, ...mark }: LanguageRecord,
  { sources, users, top }: { sources: readonly string[]; users: number; top: number },
): StudyOutline {
  const words = languageWords(attributes, skipped);
  const tables = attributes.map((language) => marksTable(language, top));
  return {
    title: "Which words give an attribute away?",
    subtitle: `${users} users: ${sources.join(", ")}.`,
    ...simulatedInAny([mark]),
    words,
    tables,
    shown: [words.join("\n"), ...tables.map((table) => `${table.caption}\n${textTable(table)}`)],
    figures: () => languageFigures(attributes, top),
  };
}
