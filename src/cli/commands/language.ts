import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { writeStudy } from "../../app/study/write-study.ts";
import type { System } from "../../core/ports/system.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import {
  type AttributeLanguage,
  analyseLanguage,
  type Skipped,
} from "../../studies/language-analysis/analyse.ts";
import { LOG_ODDS_DEFAULTS, type LogOddsSettings } from "../../studies/language-analysis/log-odds.ts";
import { languageFigures, languageWords, marksTable } from "../../studies/language-analysis/report.ts";
import { usersFromJsonl } from "../../studies/language-analysis/users.ts";
import { positiveNumber } from "./flag-values.ts";

interface LanguageFlags extends LogOddsSettings {
  readonly attribute: string[];
  readonly top: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `language`: the words that give a user attribute away. */
export function languageCommand(system: System): Command {
  return new Command("language")
    .description("words and signs that mark the two sides of each user attribute; asks no model")
    .argument("<users...>", "users in the paper's JSONL form, imported users, or run directories")
    .option(
      "--attribute <name>",
      "this attribute alone; may be repeated",
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option("--max-n <n>", "longest n-grams, in words", positiveNumber, LOG_ODDS_DEFAULTS.maxN)
    .option("--prior <share>", "size of the prior, as a share of all text", positive, LOG_ODDS_DEFAULTS.prior)
    .option(
      "--min-conversations <n>",
      "leave out n-grams in fewer conversations",
      positiveNumber,
      LOG_ODDS_DEFAULTS.minConversations,
    )
    .option("--top <n>", "how many n-grams of either side to show", positiveNumber, 15)
    .option("--out <dir>", "write tables, figures, results.json and report.html to this folder")
    .option("--json", "print all n-grams as JSON")
    .action((files: string[], flags: LanguageFlags) => analyse(system, files, flags));
}

async function analyse(system: System, files: readonly string[], flags: LanguageFlags): Promise<void> {
  const runs = files.filter((path) => system.exists(join(path, RUN_FILES.users)));
  const users = files.flatMap((path) => {
    const file = runs.includes(path) ? join(path, RUN_FILES.users) : path;
    return usersFromJsonl(system.readLines(file), file);
  });
  const simulated = runs.some((run) => readResults(system, run).simulated);
  const { maxN, prior, minConversations } = flags;
  const result = analyseLanguage(users, flags.attribute, { maxN, prior, minConversations });
  if (flags.out !== undefined) {
    const words = languageWords(result.attributes, result.skipped);
    const tables = result.attributes.map((language) => marksTable(language, flags.top));
    const figures = await languageFigures(result.attributes, flags.top);
    await writeStudy(
      system,
      flags.out,
      { simulated, ...result },
      {
        title: "Which words give an attribute away?",
        subtitle: `${users.length} users: ${files.join(", ")}.`,
        simulated,
        words,
        tables,
        figures,
      },
    );
  }
  if (flags.json) system.stdout(`${JSON.stringify({ simulated, ...result })}\n`);
  else system.stdout((simulated ? `${SIMULATED}\n\n` : "") + shown(result.attributes, result.skipped, flags));
}

function shown(
  languages: readonly AttributeLanguage[],
  skipped: readonly Skipped[],
  { top, out }: LanguageFlags,
): string {
  const parts = [
    languageWords(languages, skipped).join("\n"),
    ...languages.map((language) => {
      const table = marksTable(language, top);
      return `${table.caption}\n${textTable(table)}`;
    }),
    ...(out === undefined ? [] : [`wrote ${out}`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("write a number above 0.");
  return value;
}
