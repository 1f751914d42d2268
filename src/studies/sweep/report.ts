import type { UsageRow } from "../../core/run-record.ts";
import { methodColours } from "../../report/figures/colours.ts";
import type { Figure } from "../../report/figures/figure.ts";
import { fixed, interval, pValue, signed, whole } from "../../report/format.ts";
import { left, right, type Table } from "../../report/table.ts";
import { ABLATIONS } from "./ablations.ts";
import { curveTables } from "./curve-tables.ts";
import type { SweepCell, SweepMethod, SweepRecord } from "./record.ts";
import { shownCell, shownValue } from "./vary.ts";

/** All tables of a sweep, in reading order. */
export function sweepTables(record: SweepRecord): Table[] {
  return [
    cellTable(record),
    gainTable(record),
    ...curveTables(record),
    usageTable(record),
    ...(record.failed.length > 0 ? [failedTable(record)] : []),
  ];
}

/** Every method in every cell. */
export function cellTable({ keys, cells }: SweepRecord): Table {
  const rows = cells.flatMap((cell) => cell.methods.map((method) => ({ cell, method })));
  const names = keys.map(({ key }) => key);
  return {
    id: "cells",
    caption: `Every method in every cell; 95 % intervals; the change is against the first cell`,
    columns: [
      ...names.map(left),
      left("method"),
      right("Δ"),
      left("interval of Δ"),
      right("W/L"),
      left("interval of W/L"),
      right("p (Holm)"),
      right("change"),
      left("interval of change"),
      right("p (Holm, all changes)"),
    ],
    rows: rows.map(({ cell, method: m }) => [
      ...names.map((key) => shownValue(cell.values[key])),
      m.name,
      signed(m.delta),
      interval(m.deltaCi95, signed),
      fixed(m.winLossRatio),
      interval(m.winLossRatioCi95, fixed),
      pValue(m.pValueAdjusted),
      signed(m.change?.delta ?? null),
      interval(m.change?.ci95 ?? null, signed),
      pValue(m.change?.pValueAdjusted ?? null),
    ]),
    data: rows.map(({ cell, method: { change, deltaCi95, winLossRatioCi95, ...m } }) => ({
      ...Object.fromEntries(names.map((key) => [key, shownValue(cell.values[key])])),
      ...m,
      deltaLow: deltaCi95?.[0] ?? null,
      deltaHigh: deltaCi95?.[1] ?? null,
      winLossRatioLow: winLossRatioCi95?.[0] ?? null,
      winLossRatioHigh: winLossRatioCi95?.[1] ?? null,
      change: change?.delta ?? null,
      changeLow: change?.ci95?.[0] ?? null,
      changeHigh: change?.ci95?.[1] ?? null,
      changeP: change?.pValue ?? null,
      changePAdjusted: change?.pValueAdjusted ?? null,
      comparison: change?.kind ?? null,
    })),
  };
}

/** Methods x cells, as a paper prints it. */
function gainTable({ cells }: SweepRecord): Table {
  const names = methodsOf(cells).map(({ name }) => name);
  const find = (cell: SweepCell, name: string): SweepMethod | undefined =>
    cell.methods.find((m) => m.name === name);
  return {
    id: "gains",
    caption: `Δ of each method by cell, with 95 % intervals`,
    columns: [left("method"), ...cells.map(({ values }) => right(shownCell(values)))],
    rows: names.map((name) => [
      name,
      ...cells.map((cell) => {
        const m = find(cell, name);
        return m === undefined ? "–" : `${signed(m.delta)} ${interval(m.deltaCi95, signed)}`;
      }),
    ]),
    data: names.map((name) => ({
      method: name,
      ...Object.fromEntries(cells.map((cell) => [shownCell(cell.values), find(cell, name)?.delta ?? null])),
    })),
  };
}

/** How many calls each cell has made, by role: what one has paid, the next ones have from the store. */
export function usageTable({ cells, usage }: SweepRecord): Table {
  const all = [
    ...cells.map(({ values, usage: own }) => ({ cell: shownCell(values), own })),
    { cell: "all cells", own: usage },
  ];
  const roles = [...new Set(usage.map(({ role }) => role))];
  const sum = (rows: readonly UsageRow[], pick: (row: UsageRow) => number): number =>
    rows.reduce((n, r) => n + pick(r), 0);
  return {
    id: "usage",
    caption: "Calls that each cell has made, by role; the others it found in the store that all cells share",
    columns: [
      left("cell"),
      ...roles.map(right),
      right("from store"),
      right("input tokens"),
      right("output tokens"),
      right("cost (USD)"),
      right("failures"),
    ],
    rows: all.map(({ cell, own }) => [
      cell,
      ...roles.map((role) =>
        whole(
          sum(
            own.filter((r) => r.role === role),
            (r) => r.calls,
          ),
        ),
      ),
      whole(sum(own, (r) => r.cacheHits)),
      whole(sum(own, (r) => r.inputTokens)),
      whole(sum(own, (r) => r.outputTokens)),
      fixed(own.some((r) => r.costUsd === null) ? null : sum(own, (r) => r.costUsd ?? 0)),
      whole(sum(own, (r) => r.failures)),
    ]),
    data: all.flatMap(({ cell, own }) => own.map((row) => ({ cell, ...row }))),
  };
}

function failedTable({ failed }: SweepRecord): Table {
  const rows = failed.map(({ values, error, where }) => ({ cell: shownCell(values), error, where }));
  return {
    id: "failed",
    caption: "Cells without results",
    columns: [left("cell"), left("what happened"), left("where")],
    rows: rows.map((r) => [r.cell, r.error, r.where ?? "–"]),
    data: rows,
  };
}

/** The result in words. */
export function sweepWords({ ablation, keys, cells, failed, usage, storedCalls }: SweepRecord): string[] {
  const [first] = cells;
  const needed = usage.reduce((n, r) => n + r.calls + r.cacheHits, 0);
  return [
    ...(ablation === null ? [] : [ABLATIONS[ablation].question]),
    `${cells.length} cells over ${keys.map(({ key, values }) => `${key} (${values.map(shownValue).join(", ")})`).join(" and ")}.`,
    ...methodsOf(cells).flatMap(({ name }) => rangeWords(cells, name)),
    ...(first === undefined || cells.length < 2
      ? []
      : [
          `Changes are against the first cell, ${shownCell(first.values)}: of the same users and worlds pair by pair, otherwise as between independent studies.`,
        ]),
    ...changeWords(cells),
    `The cells needed ${whole(needed)} answers, repeats included. Each was paid once: the store that they share holds ${whole(storedCalls)} calls.`,
    ...(failed.length > 0
      ? [
          `${failed.length} cells have no results: ${failed.map(({ values }) => shownCell(values)).join("; ")}.`,
        ]
      : []),
  ];
}

/** Which changes stand after correction; others are not mentioned as changes at all. */
function changeWords(cells: readonly SweepCell[]): string[] {
  const changed = cells.flatMap(({ values, methods }) =>
    methods.flatMap(({ name, change }) => (change?.pValue == null ? [] : [{ values, name, change }])),
  );
  if (changed.length === 0) return [];
  const found = changed.filter(({ change }) => (change.pValueAdjusted ?? 1) < 0.05);
  if (found.length === 0) return ["No significant change, corrected for all of them together (Holm)."];
  const list = found.map(
    ({ values, name, change }) =>
      `${name} ${signed(change.delta)} ${interval(change.ci95, signed)} (${shownCell(values)})`,
  );
  return [`Significant changes, corrected for all of them together (Holm): ${list.join("; ")}.`];
}

/** Where a method gains least and most. */
function rangeWords(cells: readonly SweepCell[], name: string): string[] {
  const known = cells
    .flatMap(({ values, methods }) => {
      const method = methods.find((m) => m.name === name);
      return method?.delta == null ? [] : [{ values, delta: method.delta, ci95: method.deltaCi95 }];
    })
    .sort((a, b) => a.delta - b.delta);
  const [least, most] = [known[0], known.at(-1)];
  if (least === undefined || most === undefined) return [];
  const gain = ({ delta, ci95 }: typeof least): string => `${signed(delta)} ${interval(ci95, signed)}`;
  if (least.delta === most.delta) {
    return [`${name}: Δ ${gain(least)}${known.length > 1 ? " in every cell" : ""}.`];
  }
  const at = (end: typeof least): string => `${gain(end)} (${shownCell(end.values)})`;
  return [`${name}: Δ from ${at(least)} to ${at(most)}.`];
}

/** Every method that occurs in some cell, in order of appearance. */
function methodsOf(cells: readonly SweepCell[]): { id: string; name: string }[] {
  const all = new Map(cells.flatMap(({ methods }) => methods).map(({ id, name }) => [name, { id, name }]));
  return [...all.values()];
}

/** One figure a varied key for every combination of the other keys. Loads the drawing library. */
export async function sweepFigures({ keys, cells }: SweepRecord): Promise<Figure[]> {
  const { intervalLines } = await import("../../report/figures/interval-lines.ts");
  const colours = methodColours(methodsOf(cells));
  return keys.flatMap(({ key, values }) => {
    const others = (cell: SweepCell): string => {
      const { [key]: _, ...rest } = cell.values;
      return shownCell(rest);
    };
    return [...Map.groupBy(cells, others)].map(([panel, group], i): Figure => {
      const places = values.map(shownValue);
      const points = group.flatMap((cell) =>
        cell.methods.map(({ name, delta, deltaCi95 }) => ({
          series: name,
          at: shownValue(cell.values[key]),
          value: delta,
          interval: deltaCi95,
        })),
      );
      const title = `Δ by ${key}${panel === "" ? "" : `, ${panel}`}`;
      return {
        id: `by-${key.replaceAll(/[^\w]+/g, "-")}${panel === "" ? "" : `-${i + 1}`}`,
        caption: `${title}: gain over the non-personalized base LLM, with 95 % intervals.`,
        svg: intervalLines(title, points, colours, {
          places,
          connected: isQuantity(places),
          x: key,
          y: "Δ reward",
        }),
        wide: true,
      };
    });
  });
}

/** Numbers, or names that count up, such as k2, k4, k6. */
function isQuantity(places: readonly string[]): boolean {
  const stems = new Set(places.map((place) => place.replace(/-?\d+(\.\d+)?$/, "")));
  return stems.size === 1 && places.every((place) => /\d$/.test(place));
}
