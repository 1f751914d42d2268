import { Command, Option } from "commander";
import type { AssumedLengths } from "../../app/estimate-stages.ts";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfig } from "../configuration.ts";
import { addConfigFlags, CONFIG_ARGUMENT, wholeNumber } from "../options.ts";
import { type ShardFlags, shardOf } from "../shard-flags.ts";
import { chance, effectSize } from "./flag-values.ts";

interface EstimateFlags extends ConfigFlags, AssumedLengths, ShardFlags {
  readonly pilot?: string;
  readonly answers?: string;
  readonly effect: number;
  readonly power: number;
  readonly batch?: boolean;
  readonly json?: boolean;
}

/** `estimate`: calls, tokens and cost of a run before anything is paid. */
export function estimateCommand(system: System): Command {
  return addConfigFlags(new Command("estimate").argument("[config]", CONFIG_ARGUMENT))
    .option("--shard <i/n>", "one of N parts of a stage alone, as `run --shard` makes it", shardOf)
    .addOption(
      new Option("--stage <stage>", "of what: users, or answers with what methods ask in learning").choices([
        "users",
        "answers",
      ]),
    )
    .option("--answer-tokens <n>", "length of a real model's answer", wholeNumber, 400)
    .option("--judge-tokens <n>", "length of a real judge's reply, reasoning included", wholeNumber, 200)
    .option(
      "--pilot <run>",
      "finished run whose variances tell how many users and worlds find a gain of --effect",
    )
    .option(
      "--answers <file>",
      "answers to the tasks of --bundle: what scoring them asks of the judge, alone",
    )
    .option("--effect <points>", "gain to be found, in points of reward", effectSize, 0.25)
    .option("--power <chance>", "wanted chance to find it", chance, 0.8)
    .option(
      "--batch",
      "with answers as batch files (`calls export`), at the price that models.<role>.price.batch says",
    )
    .option("--json", "print the estimate as JSON")
    .action(async (file: string | undefined, flags: EstimateFlags) => {
      if (flags.answers !== undefined) {
        const { showScoringEstimate } = await import("../show-scoring.ts");
        await showScoringEstimate(system, flags.answers, flags);
        return;
      }
      const { estimateRun } = await import("../../app/estimate.ts");
      const { planFromPilot } = await import("../../app/power-plan.ts");
      const config = await readConfig(system, file, flags);
      const { shard, stage = "users" } = flags;
      const isPart = shard !== undefined || flags.stage !== undefined;
      const part = { stage: stage === "users" ? stage : ("answers" as const), of: shard?.of ?? 1 };
      const estimate = await estimateRun(system, config, flags, isPart ? part : undefined);
      const power = flags.pilot === undefined ? null : planFromPilot(system, config, flags.pilot, flags);
      if (flags.json) {
        system.stdout(`${JSON.stringify({ ...estimate, ...(power && { power }) })}\n`);
        return;
      }
      const { shownEstimate, shownPlan } = await import("../show-estimate.ts");
      system.stdout(shownEstimate(config, estimate));
      if (power) system.stdout(`\n${shownPlan(power)}\n`);
    });
}
