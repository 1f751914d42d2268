import type { Interval, Results, UsageRow } from "../core/run-record.ts";
import { worldName } from "../core/world-name.ts";
import { isCompared } from "../methods/about.ts";
import { classifierTables } from "./classifier-tables.ts";
import { fixed, interval, percent, signed, whole } from "./format.ts";
import { learnedTables } from "./learned-table.ts";
import { methodTable, pairTable } from "./method-tables.ts";
import { methodsWithVariance, powerTable } from "./power-table.ts";
import { INTERVAL, left, right, type Table } from "./table.ts";

/** All tables of a run, in reading order. */
export function runTables(results: Results): Table[] {
  return [
    methodTable(results),
    ...(pairTable(results).rows.length === 0 ? [] : [pairTable(results)]),
    worldTable(results),
    ...learnedTables(results),
    ...classifierTables(results),
    principleTable(results),
    attributeTable(results),
    ...(methodsWithVariance(results).length === 0 ? [] : [powerTable(results)]),
    usageTable(results),
    setupTable(results),
  ];
}

const seedsOf = ({ worlds }: Results): number[] => worlds.map(({ seed }) => seed);

/** Each method in each world. */
export function worldTable(results: Results): Table {
  const seeds = seedsOf(results);
  const cells = results.methods.flatMap((m) => m.perWorld.map((w) => ({ method: m.name, ...w })));
  return {
    id: "worlds",
    caption: `Each method in each world`,
    columns: [
      left("method"),
      left("world"),
      right("reward"),
      right("Δ"),
      right("win"),
      right("tie"),
      right("loss"),
    ],
    rows: cells.map((c) => [
      c.method,
      worldName(seeds, c.seed),
      fixed(c.meanReward),
      signed(c.delta),
      percent(c.win),
      percent(c.tie),
      percent(c.loss),
    ]),
    data: cells.map(({ learned: _learned, ...c }) => c),
  };
}

/** Each method by what users want. */
export function principleTable(results: Results): Table {
  const cells = results.methods
    .filter(isCompared)
    .flatMap((m) => m.perPrinciple.map((p) => ({ method: m.name, ...p })));
  return {
    id: "principles",
    caption: `Δ by what the user wants: the principle and direction with the largest weight; ${GROUPS}`,
    columns: [left("method"), left("principle"), left("direction"), right("pairs"), right("Δ"), INTERVAL],
    rows: cells.map((c) => [
      c.method,
      c.principle,
      c.direction,
      whole(c.pairs),
      signed(c.delta),
      interval(c.deltaCi95, signed),
    ]),
    data: cells.map(withBounds),
  };
}

/** Each method by the traits that users show. */
export function attributeTable(results: Results): Table {
  const cells = results.methods
    .filter(isCompared)
    .flatMap((m) => m.perAttribute.map((a) => ({ method: m.name, ...a })));
  return {
    id: "attributes",
    caption: `Δ by the trait that a user's messages show; ${GROUPS}`,
    columns: [left("method"), left("attribute"), left("side"), right("pairs"), right("Δ"), INTERVAL],
    rows: cells.map((c) => [
      c.method,
      c.attribute,
      c.side === "follow" ? "shown" : "its opposite",
      whole(c.pairs),
      signed(c.delta),
      interval(c.deltaCi95, signed),
    ]),
    data: cells.map(withBounds),
  };
}

/** Groups are many, and nothing is corrected for that: their intervals show where to look, not what is proved. */
const GROUPS = "95 % intervals, not adjusted for the number of groups";

/** A file's columns hold one number each. */
function withBounds<Row extends { readonly deltaCi95: Interval | null }>({ deltaCi95, ...row }: Row) {
  return { ...row, deltaLow: deltaCi95?.[0] ?? null, deltaHigh: deltaCi95?.[1] ?? null };
}

/** The set-up at a glance; the configuration says the rest. */
export function setupTable(results: Results): Table {
  const { config, models, users, version, simulated } = results;
  const seeds = seedsOf(results);
  const entries: [string, string][] = [
    ["program", `apm-bench ${version}`],
    ["simulated", simulated ? "yes" : "no"],
    ...Object.entries(models).map(([role, { id }]): [string, string] => [role, id]),
    ["embedder", `${config.models.embedder.provider}:${config.models.embedder.model}`],
    ["pool", config.pool.name ?? `${config.pool.principles.length} principles of its own`],
    ["active attributes (m)", String(config.activeAttributes)],
    ["history prompts (h)", String(config.historyLength)],
    ["targets (n)", String(config.targets)],
    ["train, validation, test users", `${users.train}, ${users.validation}, ${users.test}`],
    ["mapping", config.mapping.kind],
    ["worlds", seeds.map((seed) => worldName(seeds, seed)).join(", ")],
    ["judge's scale", judgeWords(results)],
    ["seed", String(config.seed)],
  ];
  return {
    id: "setup",
    caption: "Models, users, worlds and seeds of the run",
    columns: [left("setting"), left("value")],
    rows: entries,
    data: entries.map(([setting, value]) => ({ setting, value })),
  };
}

/** "1-10, probability-weighted, held to it by grammar" */
function judgeWords({ config: { judge }, models }: Results): string {
  const { constraint } = models.judge;
  return [
    `1-${judge.scale}`,
    ...(judge.mapping === "tenth" ? ["divided by ten"] : []),
    ...(judge.sees === "prompt-and-answer" ? ["prompt in view"] : []),
    ...(judge.weighted ? ["probability-weighted"] : []),
    ...(constraint === undefined
      ? []
      : [constraint === "none" ? "not held to it" : `held to it by ${constraint}`]),
  ].join(", ");
}

/** Calls, tokens and cost by role; store hits apart. */
export function usageTable(results: Pick<Results, "usage">): Table {
  const isAnyEstimated = results.usage.some(isEstimated);
  return {
    id: "usage",
    caption: `Model calls of this run${isAnyEstimated ? "; ~: tokens of some calls are estimated from lengths, as the server's own counts could not be" : ""}`,
    columns: [
      left("role"),
      left("model"),
      right("calls"),
      right("from store"),
      right("asked again"),
      right("input tokens"),
      right("output tokens"),
      right("cost (USD)"),
      right("failures"),
    ],
    rows: results.usage.map((u) => [
      u.role,
      u.model,
      whole(u.calls),
      whole(u.cacheHits),
      whole(u.repeats),
      ...[u.inputTokens, u.outputTokens].map((n) => `${isEstimated(u) ? "~" : ""}${whole(n)}`),
      fixed(u.costUsd),
      whole(u.failures),
    ]),
    data: results.usage.map((u) => ({ ...u, ...(isAnyEstimated && { estimated: u.estimated ?? 0 }) })),
  };
}

const isEstimated = ({ estimated = 0 }: UsageRow): boolean => estimated > 0;
