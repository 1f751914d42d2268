import { Command, InvalidArgumentError } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { AuditSettings } from "../../app/study/audit.ts";
import { EXIT, type ExitCode } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfigOfRun } from "../configuration.ts";
import { addConfigFlags, CONFIG_OR_RUN } from "../options.ts";
import { positiveNumber } from "./flag-values.ts";

interface AuditFlags extends ConfigFlags, AuditSettings {
  readonly failOnLeak?: boolean;
  readonly json?: boolean;
}

/** `audit`: whether anything is gained that could only come from a leak. */
export function auditCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return addConfigFlags(new Command("audit").argument("[config-or-run]", CONFIG_OR_RUN))
    .option("--keep-prompts <n>", "truncated histories: the first n prompts; may be repeated (1)", several)
    .option(
      "--keep-words <n>",
      "truncated histories: the first n words of each prompt; may be repeated (10)",
      several,
    )
    .option(
      "--guesses <n>",
      "how often the base LLM guesses about each attribute and its opposite",
      positiveNumber,
      3,
    )
    .option("--stereotype <file>", "mapping of the contrast world as JSON, in place of the base LLM's guess")
    .option(
      "--margin <share>",
      "gains up to this share of what full knowledge gains count as none",
      share,
      0.2,
    )
    .option("--fail-on-leak", "exit with code 3 when a leak is found")
    .option("--json", "print the record to standard output")
    .addHelpText("after", EXAMPLES)
    .action(async (target: string | undefined, flags: AuditFlags) => {
      const { runAudit } = await import("../../app/study/audit.ts");
      const { presentStudy } = await import("../present-study.ts");
      const config = await readConfigOfRun(system, target, flags);
      const { consoleWatcher } = await import("../progress.ts");
      const audit = await runAudit(system, config, flags, consoleWatcher(system));
      await presentStudy(system, audit, flags);
      if (flags.failOnLeak && audit.record.verdict === "leak") {
        system.stderr("a leak was found (--fail-on-leak)\n");
        stopWith(EXIT.stopped);
      }
    });
}

const several = (text: string, before: readonly number[] = []): number[] => [...before, positiveNumber(text)];

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("write a number above 0 and below 1.");
  return value;
}

const EXAMPLES = `
Examples:
  apm-bench audit                                          the embedded default, no key, no network
  apm-bench audit runs/mine                                beside a finished run, whose calls are not repeated
  apm-bench audit apm.config.ts --out runs/audit-mine
  apm-bench audit --methods external,in-context --fail-on-leak
  apm-bench audit --stereotype mapping.json --keep-prompts 1 --keep-prompts 2 --set historyLength=4
`;
