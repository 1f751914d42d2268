import { Command } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfigOfRun } from "../configuration.ts";
import { addConfigFlags } from "../options.ts";

interface ExplainFlags extends ConfigFlags {
  readonly estimate?: boolean;
  readonly json?: boolean;
}

/** `explain`: where the gain of a run's methods is lost. */
export function explainCommand(system: System): Command {
  return addConfigFlags(
    new Command("explain").argument("<run>", "a finished run's directory, or the configuration of one"),
  )
    .option("--estimate", "say how many calls are new, and ask none")
    .option("--json", "print the record to standard output")
    .addHelpText("after", HELP)
    .action((target: string, flags: ExplainFlags) => explain(system, target, flags));
}

async function explain(system: System, target: string, flags: ExplainFlags): Promise<void> {
  const { estimateExplain, newCallsInWords, runExplain } = await import("../../app/study/explain.ts");
  const { consoleWatcher } = await import("../progress.ts");
  const config = await readConfigOfRun(system, target, flags);
  const watcher = consoleWatcher(system);
  if (flags.estimate) {
    const estimate = await estimateExplain(system, config, watcher);
    system.stdout(flags.json ? `${JSON.stringify(estimate)}\n` : `${newCallsInWords(estimate.newCalls)}\n`);
    return;
  }
  const { presentStudy } = await import("../present-study.ts");
  await presentStudy(system, await runExplain(system, config, watcher), flags);
}

const HELP = `
What lies between a method and the end of the scale, in four parts that add up:
  recognising   a recogniser reads the attributes, in place of knowing them
  learning      the mapping is learned from train users' rewards, in place of knowing it
  remainder     what the method does worse (or better: negative) than a router that learns both
  carrying out  what is missing with both known: the style is right, and the answer does not show it

Examples:
  apm-bench explain runs/default                every method of the run; hardly any call is new
  apm-bench explain runs/mine --estimate        how many calls are new, before anything is paid
  apm-bench explain runs/mine --json > parts.json
`;
