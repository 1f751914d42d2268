import { Command } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfig } from "../configuration.ts";
import { addConfigFlags, CONFIG_ARGUMENT, queueOption } from "../options.ts";
import { type ShardFlags, shardOptions } from "../shard-flags.ts";

interface RunFlags extends ConfigFlags, ShardFlags {
  readonly replace?: boolean;
  readonly json?: boolean;
  readonly pairs?: boolean;
  readonly queue?: string;
}

/** `run`: the benchmark, from configuration to report. */
export function runCommand(system: System): Command {
  const command = addConfigFlags(new Command("run").argument("[config]", CONFIG_ARGUMENT));
  for (const option of shardOptions()) command.addOption(option);
  return command
    .option("--pairs", "print every two methods against each other, too")
    .option("--replace", "put this run in the place of one with another configuration in the run directory")
    .addOption(queueOption())
    .option("--json", "print the run record to standard output")
    .addHelpText("after", EXAMPLES)
    .action((file: string | undefined, flags: RunFlags) => run(system, file, flags));
}

async function run(system: System, file: string | undefined, flags: RunFlags): Promise<void> {
  const { openRun } = await import("../../app/compose.ts");
  const { executeRun } = await import("../../app/execute-run.ts");
  const { asBegun, refuseOtherConfig } = await import("../../app/other-run.ts");
  const wanted = await readConfig(system, file, flags);
  const config = flags.replace ? wanted : asBegun(system, wanted);
  if (!flags.replace) refuseOtherConfig(system, config);
  const { consoleWatcher } = await import("../progress.ts");
  if (flags.shard !== undefined || flags.stage !== undefined) {
    const { presentShard } = await import("../present-shard.ts");
    await presentShard(system, config, flags, consoleWatcher(system));
    return;
  }
  const watcher = consoleWatcher(system);
  const { results, storedCalls } =
    flags.queue === undefined
      ? await executeRun(system, await openRun(system, config), watcher)
      : await (await import("../../app/cluster/coordinator.ts")).coordinate(
          system,
          config,
          flags.queue,
          watcher,
        );
  const { presentRun } = await import("../present-run.ts");
  presentRun(system, results, config.out, storedCalls, flags);
}

const EXAMPLES = `
Examples:
  apm-bench run                                   the embedded default, no key, no network
  apm-bench run apm.config.ts --out runs/mine     your own configuration
  apm-bench run --preset laptop                   a real LLM of 135 M parameters in the process, no key, no server
  apm-bench run --preset paper --model sim        the paper's scale, simulated
  apm-bench run --set users.train=200 --set pool=k4
  apm-bench run apm.config.ts --shard 2/8         the second of eight parts of the users' calls (docs/shards.md)
`;
