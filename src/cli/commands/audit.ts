import { Command, InvalidArgumentError } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import { configOfRun, refuseOtherRun } from "../../app/study/beside-run.ts";
import { executeInRun } from "../../app/study/execute-study.ts";
import { writeStudy } from "../../app/study/write-study.ts";
import type { Config } from "../../core/config/resolved.ts";
import { EXIT, type ExitCode } from "../../core/errors.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { createMethod } from "../../methods/registry.ts";
import { whole } from "../../report/format.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { type AuditPlan, checkAuditable, collectAudit } from "../../studies/audit/collect.ts";
import { type AuditRecord, auditRecord } from "../../studies/audit/record.ts";
import { auditFigures, auditTables, checkTable, contrastTable } from "../../studies/audit/report.ts";
import { auditWords } from "../../studies/audit/words.ts";
import { checkMapping, type Mapping } from "../../world/mapping.ts";
import { addConfigFlags } from "../options.ts";
import { consoleWatcher } from "../progress.ts";
import { positiveNumber } from "./flag-values.ts";

interface AuditFlags extends ConfigFlags {
  readonly keepPrompts?: number[];
  readonly keepWords?: number[];
  readonly guesses: number;
  readonly stereotype?: string;
  readonly margin: number;
  readonly failOnLeak?: boolean;
  readonly json?: boolean;
}

/** Names inside the run directory, beside those of the run itself. */
const FILES = { record: "audit.json", page: "audit.html" };

/** `audit`: whether anything is gained that could only come from a leak. */
export function auditCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return addConfigFlags(
    new Command("audit")
      .description(
        "does the set-up leak? the methods without history, with others' histories, and with the mapping told or guessed",
      )
      .argument(
        "[config-or-run]",
        "apm.config.ts, a .json file, or a run directory, whose settings and stored calls are used",
      ),
  )
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
      const audit = await studyAudit(system, target, flags);
      if (flags.failOnLeak && audit.verdict === "leak") {
        system.stderr("a leak was found (--fail-on-leak)\n");
        stopWith(EXIT.stopped);
      }
    });
}

async function studyAudit(
  system: System,
  target: string | undefined,
  flags: AuditFlags,
): Promise<AuditRecord> {
  const config = await configOfRun(system, target, flags);
  refuseOtherRun(system, config, "apm-bench audit");
  const stereotype = readStereotype(system, flags.stereotype, config);
  const plan: AuditPlan = {
    methods: config.methods.map(createMethod),
    truncations: {
      prompts: flags.keepPrompts ?? (config.historyLength > 1 ? [1] : []),
      words: flags.keepWords ?? [10],
    },
    draws: flags.guesses,
    ...(stereotype === undefined ? {} : { stereotype }),
  };
  checkAuditable(config);
  const audit = await executeInRun(system, config, consoleWatcher(system), async (run, observe) => {
    const sink = { user: () => {}, sample: () => {} };
    const data = await collectAudit({ ...run.context, observe, sink }, plan);
    const { models, embedder } = run.context;
    return auditRecord(config, data, flags.margin, {
      simulated: [...Object.values(models), embedder].some((model) => model.simulated),
      baseModel: models.base.id,
      fromFile: stereotype !== undefined,
      usage: run.usage(),
    });
  });

  const words = auditWords(audit);
  const { length: worlds } = audit.worlds;
  await writeStudy(
    system,
    config.out,
    audit,
    {
      title: "Does the set-up leak?",
      subtitle: `Base LLM ${audit.baseModel}; ${whole(audit.users)} test users, ${worlds} ${worlds === 1 ? "world" : "worlds"} of arbitrary mappings and one of the stereotype.`,
      simulated: audit.simulated,
      words,
      tables: auditTables(audit),
      figures: await auditFigures(audit),
    },
    FILES,
  );
  if (flags.json) {
    system.stdout(`${JSON.stringify(audit)}\n`);
    return audit;
  }
  const parts = [
    ...(audit.simulated ? [SIMULATED] : []),
    textTable(checkTable(audit)),
    textTable(contrastTable(audit)),
    words.join("\n"),
    `wrote ${config.out} (${FILES.page}, ${FILES.record}, tables, figures)`,
  ];
  system.stdout(`${parts.join("\n\n")}\n`);
  return audit;
}

function readStereotype(system: System, file: string | undefined, { pool }: Config): Mapping | undefined {
  return file === undefined ? undefined : checkMapping(parseJson(system, file), pool.principles.length, file);
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
