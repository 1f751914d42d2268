import { join } from "node:path";
import { Command } from "commander";
import { openRun } from "../../app/compose.ts";
import { executeRun } from "../../app/execute-run.ts";
import type { ConfigFlags } from "../../app/overrides.ts";
import { resolveFlags } from "../../app/resolve.ts";
import type { System } from "../../core/ports/system.ts";
import { whole } from "../../report/format.ts";
import { headline } from "../../report/headline.ts";
import { methodTable, usageTable } from "../../report/run-tables.ts";
import { textTable } from "../../report/table.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { addConfigFlags } from "../options.ts";
import { consoleWatcher } from "../progress.ts";

/** `run`: the benchmark, from configuration to report. */
export function runCommand(system: System): Command {
  return addConfigFlags(
    new Command("run")
      .description("run the benchmark; without a configuration, on the embedded simulated model")
      .argument("[config]", "apm.config.ts or a .json file; by default the one in this folder, if any"),
  )
    .option("--json", "print the run record to standard output")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, flags: ConfigFlags & { json?: boolean }) => {
      const config = await resolveFlags(system, file, flags);
      const session = await openRun(system, config);
      const { results, storedCalls } = await executeRun(system, session, consoleWatcher(system));
      if (flags.json) {
        system.stdout(`${JSON.stringify(results)}\n`);
        return;
      }
      system.stdout(
        [
          "",
          textTable(methodTable(results)),
          "",
          headline(results),
          "",
          textTable(usageTable(results)),
          "",
          `run directory: ${config.out} (${RUN_FILES.results}, ${RUN_FILES.samples}, tables, ${whole(storedCalls)} stored calls)`,
          `report:        ${join(config.out, RUN_FILES.report)}`,
          "",
        ].join("\n"),
      );
    });
}

const EXAMPLES = `
Examples:
  apm-bench run                                   the embedded default, no key, no network
  apm-bench run apm.config.ts --out runs/mine     your own configuration
  apm-bench run --preset paper --model sim        the paper's scale, simulated
  apm-bench run --set users.train=200 --set pool=k4
`;
