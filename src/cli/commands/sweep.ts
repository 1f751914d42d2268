import { Command, Option } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import { EXIT, type ExitCode } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { ABLATION_NAMES, ABLATIONS, type AblationName } from "../../studies/sweep/ablations.ts";
import { parseVariation, type Variation } from "../../studies/sweep/vary.ts";
import { tellConfig } from "../configuration.ts";
import { addConfigFlags, CONFIG_ARGUMENT, queueOption } from "../options.ts";

interface SweepFlags extends ConfigFlags {
  readonly vary: Variation[];
  readonly ablation?: AblationName;
  readonly skipInvalid?: boolean;
  readonly queue?: string;
  readonly json?: boolean;
}

/** `sweep`: the benchmark over lists of values of any configuration keys, every shared call paid once. */
export function sweepCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return addConfigFlags(new Command("sweep").argument("[config]", CONFIG_ARGUMENT))
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
    .addOption(queueOption())
    .option("--json", "print the sweep's record to standard output")
    .addHelpText("after", HELP)
    .action((file: string | undefined, flags: SweepFlags) => sweep(system, file, flags, stopWith));
}

async function sweep(
  system: System,
  file: string | undefined,
  flags: SweepFlags,
  stopWith: (code: ExitCode) => void,
): Promise<void> {
  const { runSweep, sweepLayers } = await import("../../app/study/sweep.ts");
  const { presentStudy } = await import("../present-study.ts");
  const { merged, read } = await sweepLayers(system, file, flags, flags.ablation);
  tellConfig(system, read);
  const { consoleWatcher } = await import("../progress.ts");
  const study = await runSweep(system, merged, flags.out, flags, consoleWatcher(system));
  await presentStudy(system, study, flags);
  if (study.failures > 0) stopWith(EXIT.failed);
}

const HELP = `
Ablations:
${ABLATION_NAMES.map((name) => `  ${name.padEnd(12)} ${ABLATIONS[name].question}`).join("\n")}

Over three values of users.train or more, learning curves are fitted: how many train users would reach half and 80 % of the
oracle's gain.

Examples:
  apm-bench sweep --ablation labels                            the simulated model, half a minute
  apm-bench sweep --vary historyLength=1,2,4 --vary users.train=200,400
  apm-bench sweep apm.config.ts --vary 'models.judge=openai:a,openai:b' --set budget.usd=20
  apm-bench sweep --ablation labels --queue postgres://apm@db.local/apm   made by workers (docs/cluster.md)
  apm-bench sweep --ablation train-users --preset paper --vary users.train=500,1000,2000,4000
`;
