import type { Estimate, EstimateTotal } from "../app/estimate.ts";
import type { ModelTime } from "../app/estimate-time.ts";
import type { PowerPlan } from "../app/power-plan.ts";
import type { Config } from "../core/config/resolved.ts";
import { simulatedWords } from "../core/simulated.ts";
import { detectableEffect } from "../report/detectable.ts";
import { duration, fixed, whole } from "../report/format.ts";
import { planTable } from "../report/power-table.ts";
import { textTable } from "../report/table.ts";

/** What a run asks of its models, for a terminal; warns of a budget that it would exceed. */
export function shownEstimate(
  config: Config,
  { rows, total, time, servers, isTraining, spent }: Estimate,
): string {
  const cells = (name: string, model: string, r: EstimateTotal): string[] => [
    name,
    model,
    whole(r.asks),
    whole(r.calls),
    whole(r.inputTokens),
    whole(r.outputTokens),
    fixed(r.costUsd),
  ];
  const table = textTable({
    columns: [
      { title: "role", align: "left" },
      { title: "model", align: "left" },
      { title: "asks", align: "right" },
      { title: "to be paid", align: "right" },
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
    ...batchLines(rows),
    ...over.map((line) => `warning: ${line}; the run would stop there and could be continued`),
    ...time.map(timeLine),
    ...(servers === null ? [] : [serversLine(servers)]),
    ...(isTraining && time.length > 0 ? ["Training is not counted in that."] : []),
    "Calls that the run directory has stored already are not subtracted.",
    ...(spent === null
      ? []
      : [
          `${config.out} has spent ${whole(spent.calls)} calls${spent.usd > 0 ? ` and $${spent.usd.toFixed(4)}` : ""} so far, which count in its budget.`,
        ]),
  ].join("\n")}\n`;
}

/** What was reckoned for batch files. */
function batchLines(rows: Estimate["rows"]): string[] {
  return rows.flatMap(({ role, batchPrice }) =>
    batchPrice === undefined
      ? []
      : batchPrice === null
        ? [
            `batch files: ${role} at the whole price: models.${role}.price.batch does not say what of it is paid`,
          ]
        : [`batch files: ${role} at ${batchPrice} of its price (models.${role}.price.batch)`],
  );
}

function serversLine({ starts, isAtLeast }: NonNullable<Estimate["servers"]>): string {
  const count = `${isAtLeast ? "at least " : ""}${starts} ${starts === 1 ? "start" : "starts"} of servers (serve)`;
  return `models in turn: ${count}; how long one takes is theirs to say`;
}

/** How long a model in the process takes. */
function timeLine({ model, roles, seconds, speed, reason }: ModelTime): string {
  const who = `${model} (${roles.join(", ")})`;
  if (seconds === null || speed === null) return `time: not known for ${who}: ${reason}`;
  return (
    `time: about ${duration(seconds)} for ${who}, in the process: just now ${whole(speed.read)} tokens/s read and ` +
    `${whole(speed.written)} written, ${speed.threads === 0 ? "no threads" : `${speed.threads} threads`}`
  );
}

/** How many users and worlds an effect needs, for a terminal. */
export function shownPlan({ pilot, effect, power, planned, family, methods, ...mark }: PowerPlan): string {
  const single = methods.every((m) => m.variance.worlds === null);
  const planTitle = `${whole(planned.users)} users, ${planned.worlds === 1 ? "1 world" : `${planned.worlds} worlds`}`;
  return [
    ...(mark.simulated ? [simulatedWords(mark), ""] : []),
    `Test users needed to find a gain of ${effect} with power ${power} by one unadjusted test at the 5 % level, from the variances of ${pilot}; in brackets what eight of ten such pilots would say:`,
    textTable(planTable(methods)),
    `Minimum detectable effect of the configuration's size (${planTitle}) with power ${power}, by one unadjusted test at the 5 % level and, in brackets, at Holm's first step for ${family === 1 ? "1 method" : `${family} methods`}: ${methods
      .map(
        (m) =>
          `${m.name} ${detectableEffect(m.smallestWithPlan)} (${detectableEffect(m.smallestWithPlanAdjusted)})`,
      )
      .join(", ")}.`,
    ...(single
      ? ["The pilot has one world, which cannot tell how much worlds differ: run one with several."]
      : []),
  ].join("\n");
}
