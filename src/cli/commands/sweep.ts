import { join } from "node:path";
import { Command, Option } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import { completeConfig, layersOf } from "../../app/resolve.ts";
import { refuseRunDirectory } from "../../app/study/execute-study.ts";
import { executeSweep } from "../../app/study/execute-sweep.ts";
import { planCells } from "../../app/study/sweep-cells.ts";
import { writeStudy } from "../../app/study/write-study.ts";
import { EXIT, type ExitCode, UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import { VERSION } from "../../core/version.ts";
import { resultConfig } from "../../pipeline/run.ts";
import { whole } from "../../report/format.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { writeConfig } from "../../run-folder/run-directory.ts";
import {
  ABLATION_NAMES,
  ABLATIONS,
  type Ablation,
  type AblationName,
  ablationSettings,
  withOwnVariations,
} from "../../studies/sweep/ablations.ts";
import {
  type FailedCell,
  SWEEP_SCHEMA,
  type SweepRecord,
  sweepCells,
  totalUsage,
} from "../../studies/sweep/record.ts";
import { cellTable, sweepFigures, sweepTables, sweepWords, usageTable } from "../../studies/sweep/report.ts";
import { combinations, parseVariation, shownCell, type Variation } from "../../studies/sweep/vary.ts";
import { addConfigFlags } from "../options.ts";
import { consoleWatcher } from "../progress.ts";

interface SweepFlags extends ConfigFlags {
  readonly vary: Variation[];
  readonly ablation?: AblationName;
  readonly skipInvalid?: boolean;
  readonly json?: boolean;
}

/** Names inside a sweep's directory: a contract with scripts. */
const SWEEP_FILES = { record: "sweep.json", page: "sweep.html" } as const;

/** `sweep`: the benchmark over lists of values of any configuration keys, every shared call paid once. */
export function sweepCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return addConfigFlags(
    new Command("sweep")
      .description(
        "run the benchmark for every combination of some keys' values; calls that cells share are paid once",
      )
      .argument("[config]", "apm.config.ts or a .json file; by default the one in this folder, if any"),
  )
    .option(
      "--vary <key=v1,v2,...>",
      "a configuration key and its values, such as historyLength=1,2,4 or methods.routing.labels=margin,soft; may be repeated",
      (text: string, before: Variation[]) => [...before, parseVariation(text)],
      [],
    )
    .addOption(new Option("--ablation <name>", "a sweep that is ready to be run").choices(ABLATION_NAMES))
    .option(
      "--skip-invalid",
      "leave out cells whose configuration is wrong, instead of stopping before the first",
    )
    .option("--json", "print the sweep's record to standard output")
    .addHelpText("after", HELP)
    .action((file: string | undefined, flags: SweepFlags) => runSweep(system, file, flags, stopWith));
}

async function runSweep(
  system: System,
  file: string | undefined,
  flags: SweepFlags,
  stopWith: (code: ExitCode) => void,
): Promise<void> {
  const ablation: Ablation | undefined = flags.ablation === undefined ? undefined : ABLATIONS[flags.ablation];
  const keys = ablation === undefined ? flags.vary : withOwnVariations(ablation, flags.vary);
  if (keys.length === 0) {
    throw new UsageError("nothing is varied", {
      where: "sweep",
      remedy: `name keys with --vary, or one of the ablations: ${ABLATION_NAMES.join(", ")}`,
    });
  }
  const isPresetNamed = flags.preset !== "default";
  const preset = isPresetNamed ? flags.preset : (ablation?.preset ?? flags.preset);
  const settings = ablation && ablationSettings(ablation, isPresetNamed);
  const user = await layersOf(system, file, { ...flags, preset }, settings);
  const name = flags.ablation === undefined ? "sweep" : `sweep-${flags.ablation}`;
  const base = { ...completeConfig(user), out: flags.out ?? join("runs", name) };
  const { planned, wrong } = await planCells(system, user, base, combinations(keys));
  if (wrong.length > 0 && (!flags.skipInvalid || planned.length === 0))
    throw wrongCells(wrong, planned.length);
  for (const { values, error } of wrong) system.stderr(`left out: ${shownCell(values)}: ${error}\n`);
  refuseRunDirectory(system, base.out);

  const { finished, failed, storedCalls } = await executeSweep(system, base, planned, consoleWatcher(system));
  writeConfig(system, base.out, base);
  const cells = sweepCells(finished, fold(rootKey(base.seed), "sweep"));
  const record: SweepRecord = {
    schema: SWEEP_SCHEMA,
    version: VERSION,
    simulated: finished.some(({ results }) => results.simulated),
    ablation: flags.ablation ?? null,
    keys,
    config: resultConfig(base),
    cells,
    failed: [...wrong, ...failed],
    usage: totalUsage(cells.map(({ usage }) => usage)),
    storedCalls,
  };
  const words = sweepWords(record);
  const report = {
    title: `Sweep over ${keys.map(({ key }) => key).join(" and ")}`,
    subtitle: `${cells.length} cells; ${whole(storedCalls)} stored calls; the whole run of each cell is in its folder`,
    simulated: record.simulated,
    words,
    tables: sweepTables(record),
    figures: await sweepFigures(record),
  };
  await writeStudy(system, base.out, record, report, SWEEP_FILES);
  if (failed.length > 0) stopWith(EXIT.failed);
  if (flags.json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const parts = [
    ...(record.simulated ? [SIMULATED] : []),
    textTable(cellTable(record)),
    words.join("\n"),
    textTable(usageTable(record)),
    `sweep directory: ${base.out} (${SWEEP_FILES.record}, ${SWEEP_FILES.page}, tables, figures, cells)`,
  ];
  system.stdout(`${parts.join("\n\n")}\n`);
}

function wrongCells(wrong: readonly FailedCell[], others: number): UsageError {
  const lines = wrong.map(
    ({ values, error, where }) => `  ${shownCell(values)}: ${error}${where === null ? "" : ` (${where})`}`,
  );
  return new UsageError(
    `${wrong.length} of ${wrong.length + others} cells cannot be run:\n${lines.join("\n")}`,
    {
      where: "--vary",
      remedy: others > 0 ? "correct the values, or run the others with --skip-invalid" : "correct the values",
    },
  );
}

const HELP = `
Ablations:
${ABLATION_NAMES.map((name) => `  ${name.padEnd(12)} ${ABLATIONS[name].question}`).join("\n")}

Examples:
  apm-bench sweep --ablation labels                            the simulated model, half a minute
  apm-bench sweep --vary historyLength=1,2,4 --vary users.train=200,400
  apm-bench sweep apm.config.ts --vary 'models.judge=openai:a,openai:b' --set budget.usd=20
  apm-bench sweep --ablation train-users --preset paper --vary users.train=500,1000,2000,4000
`;
