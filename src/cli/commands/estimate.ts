import { Command } from "commander";
import { type AssumedLengths, type Estimate, type EstimateTotal, estimateRun } from "../../app/estimate.ts";
import type { ConfigFlags } from "../../app/overrides.ts";
import { type PowerPlan, planFromPilot } from "../../app/power-plan.ts";
import { resolveFlags } from "../../app/resolve.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { System } from "../../core/ports/system.ts";
import { fixed, whole } from "../../report/format.ts";
import { SIMULATED } from "../../report/headline.ts";
import { planTable } from "../../report/power-table.ts";
import { textTable } from "../../report/table.ts";
import { addConfigFlags, wholeNumber } from "../options.ts";
import { chance, effectSize } from "./flag-values.ts";

interface EstimateFlags extends ConfigFlags, AssumedLengths {
  readonly pilot?: string;
  readonly effect: number;
  readonly power: number;
  readonly json?: boolean;
}

/** `estimate`: calls, tokens and cost of a run before anything is paid. */
export function estimateCommand(system: System): Command {
  return addConfigFlags(
    new Command("estimate")
      .description("calls, tokens and cost of a run, before anything is paid; how many users an effect needs")
      .argument("[config]", "apm.config.ts or a .json file"),
  )
    .option("--answer-tokens <n>", "length of a real model's answer", wholeNumber, 400)
    .option("--judge-tokens <n>", "length of a real judge's reply, reasoning included", wholeNumber, 200)
    .option(
      "--pilot <run>",
      "finished run whose variances tell how many users and worlds find a gain of --effect",
    )
    .option("--effect <points>", "gain to be found, in points of reward", effectSize, 0.25)
    .option("--power <chance>", "wanted chance to find it", chance, 0.8)
    .option("--json", "print the estimate as JSON")
    .action(async (file: string | undefined, flags: EstimateFlags) => {
      const config = await resolveFlags(system, file, flags);
      const estimate = await estimateRun(system, config, flags);
      const power = flags.pilot === undefined ? null : planFromPilot(system, config, flags.pilot, flags);
      if (flags.json) {
        system.stdout(`${JSON.stringify({ ...estimate, ...(power && { power }) })}\n`);
      } else {
        system.stdout(shown(config, estimate));
        if (power) system.stdout(`\n${shownPlan(power)}\n`);
      }
    });
}

function shown(config: Config, { rows, total }: Estimate): string {
  const cells = (name: string, model: string, r: EstimateTotal): string[] => [
    name,
    model,
    whole(r.calls),
    whole(r.inputTokens),
    whole(r.outputTokens),
    fixed(r.costUsd),
  ];
  const table = textTable({
    columns: [
      { title: "role", align: "left" },
      { title: "model", align: "left" },
      { title: "calls", align: "right" },
      { title: "input tokens", align: "right" },
      { title: "output tokens", align: "right" },
      { title: "cost (USD)", align: "right" },
    ],
    rows: [...rows.map((r) => cells(r.role, r.model, r)), cells("total", "", total)],
  });
  const { budget } = config;
  const over = [
    ...(budget.calls !== undefined && total.calls > budget.calls
      ? [`more calls than budget.calls (${budget.calls})`]
      : []),
    ...(budget.usd !== undefined && total.costUsd !== null && total.costUsd > budget.usd
      ? [`more than budget.usd (${budget.usd})`]
      : []),
  ];
  return `${[
    table,
    ...(total.costUsd === null ? ["no cost: some model has no price (models.<role>.price)"] : []),
    ...over.map((line) => `warning: ${line}; the run would stop there and could be continued`),
    "Calls that the run directory has stored already are not subtracted.",
  ].join("\n")}\n`;
}

function shownPlan({ pilot, simulated, effect, power, planned, methods }: PowerPlan): string {
  const single = methods.every((m) => m.variance.worlds === null);
  const planTitle = `${whole(planned.users)} users, ${planned.worlds === 1 ? "1 world" : `${planned.worlds} worlds`}`;
  return [
    ...(simulated ? [SIMULATED, ""] : []),
    `Test users needed to find a gain of ${effect} with power ${power} (5 % level), from the variances of ${pilot}:`,
    textTable(planTable(methods)),
    `The configuration's size (${planTitle}) finds gains from: ${methods
      .map((m) => `${m.name} ${fixed(m.smallestWithPlan)}`)
      .join(", ")}.`,
    ...(single
      ? ["The pilot has one world, which cannot tell how much worlds differ: run one with several."]
      : []),
  ].join("\n");
}
