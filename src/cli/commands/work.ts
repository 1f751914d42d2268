import { Command } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { System } from "../../core/ports/system.ts";
import { addSettingFlags, collect, wholeNumber } from "../options.ts";

interface WorkFlags extends ConfigFlags {
  readonly jobs: number;
  readonly idle?: number;
  readonly key: string[];
}

/** `work`: takes part in runs of other machines. */
export function workCommand(system: System): Command {
  return addSettingFlags(
    new Command("work")
      .argument("<queue>", "address of the database, as `run --queue` has it: postgres://user@host:5432/apm")
      .argument("[config]", "a configuration whose models say how this machine reaches them"),
  )
    .option(
      "--out <dir>",
      "this worker's folder: its own store; workers on one machine have one each",
      "apm-worker",
    )
    .option("--jobs <n>", "jobs in hand at once", wholeNumber, 2)
    .option("--idle <seconds>", "end when there was nothing to do for so long", wholeNumber)
    .option(
      "--key <variable>",
      "a variable of the environment that runs of this queue may use as a server's key; may be repeated",
      collect,
      [],
    )
    .addHelpText("after", HELP)
    .action((queue: string, file: string | undefined, flags: WorkFlags) =>
      workOn(system, queue, file, flags),
    );
}

async function workOn(
  system: System,
  queue: string,
  file: string | undefined,
  flags: WorkFlags,
): Promise<void> {
  const { work } = await import("../../app/cluster/worker.ts");
  const { resolveFlags } = await import("../../app/resolve.ts");
  const { out = "apm-worker", jobs, idle, key } = flags;
  const isOwn = file !== undefined || flags.set.length > 0;
  await work(system, queue, {
    out,
    jobs,
    idleSeconds: idle,
    own: isOwn ? await resolveFlags(system, file, flags) : undefined,
    variables: key,
  });
}

const HELP = `
The queue says what is to be done, and this machine's own environment and files say with which keys and programs:
nothing in the database is ever executed. Stop a worker whenever you like: its jobs go to others.

Examples:
  apm-bench work postgres://apm@db.local/apm                          the servers that the run's configuration names
  apm-bench work postgres://apm@db.local/apm --key OPENROUTER_API_KEY
  apm-bench work postgres://apm@db.local/apm apm.config.ts --idle 60  this machine's own servers
`;
