import type { Results } from "../core/run-record.ts";
import { isCompared } from "../methods/about.ts";
import { fixed, interval, percent, pValue, signed, whole } from "./format.ts";
import { methodsWithVariance, powerTable } from "./power-table.ts";
import type { Column, Table } from "./table.ts";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

/** All tables of a run, in reading order. */
export function runTables(results: Results): Table[] {
  return [
    methodTable(results),
    worldTable(results),
    principleTable(results),
    attributeTable(results),
    ...(methodsWithVariance(results).length === 0 ? [] : [powerTable(results)]),
    usageTable(results),
    setupTable(results),
  ];
}

function suffix(results: Pick<Results, "simulated">): string {
  return results.simulated ? " (simulated model)" : "";
}

/** One row a method: the main result. */
export function methodTable(results: Results): Table {
  return {
    id: "methods",
    caption: `Gain over the non-personalized base LLM, 95 % intervals${suffix(results)}`,
    columns: [
      left("method"),
      right("reward"),
      right("Δ"),
      left("95% interval"),
      right("SD worlds"),
      right("win"),
      right("tie"),
      right("loss"),
      right("W/L"),
      left("95% interval"),
      right("p (Holm)"),
      right("missing"),
    ],
    rows: results.methods.map(({ name, summary: s }) => [
      name,
      fixed(s.meanReward),
      signed(s.delta),
      interval(s.deltaCi95, signed),
      fixed(s.deltaSdOverWorlds),
      percent(s.win),
      percent(s.tie),
      percent(s.loss),
      fixed(s.winLossRatio),
      interval(s.winLossRatioCi95, fixed),
      pValue(s.pValueAdjusted),
      whole(s.missing),
    ]),
    data: results.methods.map(({ id, name, summary: s }) => ({
      id,
      name,
      simulated: String(results.simulated),
      meanReward: s.meanReward,
      delta: s.delta,
      deltaLow: s.deltaCi95?.[0] ?? null,
      deltaHigh: s.deltaCi95?.[1] ?? null,
      deltaSdOverWorlds: s.deltaSdOverWorlds,
      win: s.win,
      tie: s.tie,
      loss: s.loss,
      winLossRatio: s.winLossRatio,
      winLossRatioLow: s.winLossRatioCi95?.[0] ?? null,
      winLossRatioHigh: s.winLossRatioCi95?.[1] ?? null,
      pValue: s.pValue,
      pValueAdjusted: s.pValueAdjusted,
      minimalDetectableEffect: s.minimalDetectableEffect,
      users: s.users,
      worlds: s.worlds,
      missing: s.missing,
    })),
  };
}

/** Each method in each world. */
export function worldTable(results: Results): Table {
  const cells = results.methods.flatMap((m) => m.perWorld.map((w) => ({ method: m.name, ...w })));
  return {
    id: "worlds",
    caption: `Each method in each world${suffix(results)}`,
    columns: [
      left("method"),
      right("world"),
      right("reward"),
      right("Δ"),
      right("win"),
      right("tie"),
      right("loss"),
    ],
    rows: cells.map((c) => [
      c.method,
      String(c.seed),
      fixed(c.meanReward),
      signed(c.delta),
      percent(c.win),
      percent(c.tie),
      percent(c.loss),
    ]),
    data: cells.map((c) => ({ ...c })),
  };
}

/** Each method by what users want. */
export function principleTable(results: Results): Table {
  const cells = results.methods
    .filter(isCompared)
    .flatMap((m) => m.perPrinciple.map((p) => ({ method: m.name, ...p })));
  return {
    id: "principles",
    caption: `Δ by what the user wants: the principle and direction with the largest weight${suffix(results)}`,
    columns: [left("method"), left("principle"), left("direction"), right("pairs"), right("Δ")],
    rows: cells.map((c) => [c.method, c.principle, c.direction, whole(c.pairs), signed(c.delta)]),
    data: cells.map((c) => ({ ...c })),
  };
}

/** Each method by the traits that users show. */
export function attributeTable(results: Results): Table {
  const cells = results.methods
    .filter(isCompared)
    .flatMap((m) => m.perAttribute.map((a) => ({ method: m.name, ...a })));
  return {
    id: "attributes",
    caption: `Δ by the trait that a user's messages show${suffix(results)}`,
    columns: [left("method"), left("attribute"), left("side"), right("pairs"), right("Δ")],
    rows: cells.map((c) => [
      c.method,
      c.attribute,
      c.side === "follow" ? "shown" : "its opposite",
      whole(c.pairs),
      signed(c.delta),
    ]),
    data: cells.map((c) => ({ ...c })),
  };
}

/** The set-up at a glance; the configuration says the rest. */
export function setupTable(results: Results): Table {
  const { config, models, users, worlds, version, simulated } = results;
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
    ["worlds (seeds)", worlds.map((w) => w.seed).join(", ")],
    ["judge's scale", `1-${config.judge.scale}${config.judge.weighted ? ", probability-weighted" : ""}`],
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

/** Calls, tokens and cost by role; store hits apart. */
export function usageTable(results: Pick<Results, "usage" | "simulated">): Table {
  return {
    id: "usage",
    caption: `Model calls of this run${suffix(results)}`,
    columns: [
      left("role"),
      left("model"),
      right("calls"),
      right("from store"),
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
      whole(u.inputTokens),
      whole(u.outputTokens),
      fixed(u.costUsd),
      whole(u.failures),
    ]),
    data: results.usage.map((u) => ({ ...u })),
  };
}
