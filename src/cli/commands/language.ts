import { Command } from "commander";
import type { LanguageSettings } from "../../app/study/language.ts";
import type { System } from "../../core/ports/system.ts";
import { LOG_ODDS_DEFAULTS } from "../../studies/language-analysis/log-odds.ts";
import { collect } from "../options.ts";
import { aboveZero, positiveNumber } from "./flag-values.ts";

/** `language`: the words that give a user attribute away. */
export function languageCommand(system: System): Command {
  return new Command("language")
    .argument("<users...>", "users in the paper's JSONL form, imported users, or run directories")
    .option("--attribute <name>", "this attribute alone; may be repeated", collect, [])
    .option("--max-n <n>", "longest n-grams, in words", positiveNumber, LOG_ODDS_DEFAULTS.maxN)
    .option(
      "--prior <share>",
      "size of the prior, as a share of all text",
      aboveZero,
      LOG_ODDS_DEFAULTS.prior,
    )
    .option(
      "--min-conversations <n>",
      "leave out n-grams in fewer conversations",
      positiveNumber,
      LOG_ODDS_DEFAULTS.minConversations,
    )
    .option("--top <n>", "how many n-grams of either side to show", positiveNumber, 15)
    .option("--out <dir>", "write tables, figures, results.json and report.html to this folder")
    .option("--json", "print all n-grams as JSON")
    .action(async (sources: string[], flags: LanguageSettings & { json?: boolean }) => {
      const { runLanguage } = await import("../../app/study/language.ts");
      const { presentStudy } = await import("../present-study.ts");
      await presentStudy(system, runLanguage(system, sources, flags), flags);
    });
}
