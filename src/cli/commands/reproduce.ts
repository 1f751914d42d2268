import { Argument, Command, InvalidArgumentError } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import { EXIT, type ExitCode, UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { TARGET_IDS, TARGETS, type TargetId } from "../../studies/reproduce/grid.ts";
import { tellConfig } from "../configuration.ts";
import { addConfigFlags, CONFIG_ARGUMENT } from "../options.ts";

interface ReproduceFlags extends ConfigFlags {
  readonly scale: number;
  readonly estimate?: boolean;
  readonly json?: boolean;
}

/** `reproduce`: the cells of the paper's tables and figures, beside what it prints for them. */
export function reproduceCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return addConfigFlags(
    new Command("reproduce")
      .addArgument(new Argument("<target>", "which of the paper's results").choices([...TARGET_IDS, "all"]))
      .argument("[config]", CONFIG_ARGUMENT),
  )
    .option("--scale <share>", "of the paper's users; worlds shrink by its root, to two at least", share, 1)
    .option("--estimate", "show the cells and the calls that they would make, and ask no model")
    .option("--json", "print the record to standard output")
    .addHelpText("after", HELP)
    .action((target: TargetId | "all", file: string | undefined, flags: ReproduceFlags) =>
      reproduce(system, target, file, flags, stopWith),
    );
}

async function reproduce(
  system: System,
  target: TargetId | "all",
  file: string | undefined,
  flags: ReproduceFlags,
  stopWith: (code: ExitCode) => void,
): Promise<void> {
  if (flags.preset !== "default") {
    throw new UsageError(`preset ${flags.preset} has no place in the paper's grid`, {
      where: "--preset",
      remedy: "leave it out: each cell has the preset of its base LLM; --scale makes it smaller",
    });
  }
  const { planReproduce } = await import("../../app/study/reproduce-cells.ts");
  const { REPRODUCE_FOLDER, plannedRuns, runReproduce } = await import("../../app/study/reproduce.ts");
  const settings = { target, scale: flags.scale };
  const out = flags.out ?? REPRODUCE_FOLDER;
  const plan = await planReproduce(system, file, flags, settings);
  tellConfig(system, plan.read);
  if (flags.estimate) {
    const { reproduceEstimate, shownReproduceEstimate } = await import(
      "../../app/study/reproduce-estimate.ts"
    );
    const estimate = reproduceEstimate(system, settings, plan, await plannedRuns(system, plan, out));
    system.stdout(flags.json ? `${JSON.stringify(estimate)}\n` : shownReproduceEstimate(estimate));
    return;
  }
  const { presentStudy } = await import("../present-study.ts");
  const { consoleWatcher } = await import("../progress.ts");
  const study = await runReproduce(system, plan, settings, out, consoleWatcher(system));
  await presentStudy(system, study, flags);
  if (study.failures > 0) stopWith(EXIT.failed);
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("write a number above 0, up to 1.");
  return value;
}

const HELP = `
Targets:
${TARGET_IDS.map((id) => `  ${id.padEnd(12)} ${TARGETS[id].title}`).join("\n")}
  all          every one of them

Qwen3.5-27B is preset paper, Llama-3.1-8B-Instruct preset paper-llama; every cell resumes, and all share one store in
runs/reproduce. --model sim needs no server: the candidate LLM is a simulated model of its own, routing takes the linear
router, and what has to train a model is left out.

Examples:
  apm-bench reproduce all --model sim --scale 0.1         some minutes, no key
  apm-bench reproduce main-grid --estimate                cells and calls, before anything is paid
  apm-bench reproduce fig4 --set budget.usd=200           stops there; --budget-more continues
  apm-bench reproduce simpo --model sim --set models.base=local:tiny --scale 0.05
`;
