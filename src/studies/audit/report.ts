import type { Figure } from "../../report/figures/figure.ts";
import { tickText } from "../../report/figures/ticks.ts";
import { fixed, interval, percent, pValue, signed, whole } from "../../report/format.ts";
import { usageTable } from "../../report/run-tables.ts";
import { INTERVAL, left, right, type Table } from "../../report/table.ts";
import type { CheckKind } from "./checks.ts";
import type { Effect } from "./effects.ts";
import type { AuditRecord } from "./record.ts";
import { checkName } from "./words.ts";

const ASKS: Record<CheckKind, string> = {
  control: "does knowing C show?",
  names: "do names tell C?",
  history: "a gain without the own history?",
  unlearned: "a gain without any reward seen?",
};

export function auditTables(audit: AuditRecord): Table[] {
  return [
    checkTable(audit),
    conditionTable(audit),
    contrastTable(audit),
    guessTable(audit),
    { ...usageTable(audit), id: "audit-usage" },
  ];
}

/** Whether the set-up leaks: the table that the audit is for. */
export function checkTable(audit: AuditRecord): Table {
  return {
    id: "audit-checks",
    caption: `Does the set-up leak? Every check with its 95 % interval and verdict`,
    columns: [
      left("question"),
      left("who"),
      right("Δ or rate"),
      INTERVAL,
      left("limit"),
      right("p (Holm)"),
      left("verdict"),
    ],
    rows: audit.checks.map((check) => {
      const format = check.id === "guess" ? percent : signed;
      const side = check.kind === "control" ? "above" : "below";
      return [
        ASKS[check.kind],
        checkName(check),
        format(check.estimate),
        interval(check.ci95, format),
        check.limit === null ? "–" : `${side} ${format(check.limit)}`,
        pValue(check.pValueAdjusted),
        check.verdict,
      ];
    }),
    data: audit.checks.map(({ ci95, ...check }) => ({
      ...check,
      low: ci95?.[0] ?? null,
      high: ci95?.[1] ?? null,
      simulated: String(audit.simulated),
    })),
  };
}

/** Every method under every condition. */
function conditionTable(audit: AuditRecord): Table {
  return {
    id: "audit-conditions",
    caption: `Gain over the non-personalized base LLM by what is known of the user`,
    columns: [
      left("method"),
      left("condition"),
      right("Δ"),
      INTERVAL,
      right("win"),
      right("tie"),
      right("loss"),
      right("p"),
      left("chance of"),
      right("missing"),
    ],
    rows: audit.conditions.map((row) => [
      row.subject,
      row.condition === "" ? "no history" : row.condition,
      signed(row.delta),
      interval(row.deltaCi95, signed),
      percent(row.win),
      percent(row.tie),
      percent(row.loss),
      pValue(row.pValue),
      row.chanceOf,
      whole(row.missing),
    ]),
    data: audit.conditions.map(({ subject, condition, kind, ...effect }) => ({
      subject,
      condition,
      kind,
      ...flat(effect),
    })),
  };
}

const flat = ({ deltaCi95, perWorld: _, ...effect }: Effect) => ({
  ...effect,
  deltaLow: deltaCi95?.[0] ?? null,
  deltaHigh: deltaCi95?.[1] ?? null,
});

/** Arbitrary mappings beside the stereotype. */
export function contrastTable(audit: AuditRecord): Table {
  return {
    id: "audit-contrast",
    caption: `Gain with whole histories, under arbitrary mappings and where the mapping is the stereotype`,
    columns: [
      left("method"),
      right("Δ arbitrary"),
      left("95% interval, arbitrary"),
      right("Δ stereotype"),
      left("95% interval, stereotype"),
      left("gains under"),
    ],
    rows: audit.contrast.map(({ subject, arbitrary, stereotype, reading }) => [
      subject,
      signed(arbitrary.delta),
      interval(arbitrary.deltaCi95, signed),
      signed(stereotype.delta),
      interval(stereotype.deltaCi95, signed),
      reading,
    ]),
    data: audit.contrast.map(({ subject, arbitrary, stereotype, reading }) => ({
      subject,
      arbitraryDelta: arbitrary.delta,
      arbitraryLow: arbitrary.deltaCi95?.[0] ?? null,
      arbitraryHigh: arbitrary.deltaCi95?.[1] ?? null,
      stereotypeDelta: stereotype.delta,
      stereotypeLow: stereotype.deltaCi95?.[0] ?? null,
      stereotypeHigh: stereotype.deltaCi95?.[1] ?? null,
      reading,
    })),
  };
}

function guessTable(audit: AuditRecord): Table {
  return {
    id: "audit-guess",
    caption: `The mapping that the LLM guesses from the names`,
    columns: [left("attribute"), left("direction"), left("principle"), right("score (−10 to 10)")],
    rows: audit.guess.pairs.map((p) => [
      p.attribute,
      p.direction ?? "–",
      p.principle ?? "–",
      fixed(p.score, 1),
    ]),
    data: audit.guess.pairs.map((pair) => ({ ...pair })),
  };
}

/** May gain, and may not: told apart by more than colour, since every row is labelled. */
const MAY = "#2f7fd6";
const MAY_NOT = "#d1495b";

/** Forest plots by condition and by mapping, and the guessed scores. Loads the drawing library. */
export async function auditFigures(audit: AuditRecord): Promise<Figure[]> {
  const { groupedIntervals } = await import("../../report/figures/grouped-intervals.ts");
  const { heatMap } = await import("../../report/figures/heat-map.ts");
  const rowOf = (name: string, colour: string, { delta, deltaCi95 }: Effect) => {
    const [low, high] = deltaCi95 ?? [null, null];
    const text = `${signed(delta)} ${interval(deltaCi95, signed)}`;
    return { name, colour, value: delta, low, high, text };
  };
  const forbidden = new Set(audit.checks.filter(({ kind }) => kind !== "control").map(({ id }) => id));
  const axis = {
    label: "Δ reward (0: no personalization)",
    reference: 0,
    tickFormat: tickText(signed),
  };
  const byCondition = [
    ...Map.groupBy(audit.conditions, (row) => (row.condition === "" ? "no history, but told" : row.subject)),
  ].map(([name, rows]) => ({
    name,
    rows: rows.map((row) =>
      rowOf(row.condition === "" ? row.subject : row.condition, forbidden.has(row.arm) ? MAY_NOT : MAY, row),
    ),
  }));
  const { attributes, principles } = audit.config.pool;
  return [
    {
      id: "audit-conditions",
      caption: `Δ with 95 % intervals by what is known of the user. Red rows may not gain; the shaded band counts as none.`,
      svg: groupedIntervals("Gain by condition and method", byCondition, {
        ...axis,
        margin: audit.margin.points,
      }),
      wide: true,
    },
    ...(audit.contrast.length === 0
      ? []
      : [
          {
            id: "audit-contrast",
            caption: `Δ with 95 % intervals under arbitrary mappings and under the stereotype.`,
            svg: groupedIntervals(
              "Gain under arbitrary mappings and under the stereotype",
              audit.contrast.map(({ subject, arbitrary, stereotype }) => ({
                name: subject,
                rows: [
                  rowOf("arbitrary mappings", MAY, arbitrary),
                  rowOf("the stereotype", "#a97f0a", stereotype),
                ],
              })),
              axis,
            ),
            wide: true,
          },
        ]),
    {
      id: "audit-guess",
      caption: `What the LLM believes, from the names alone, that people like: −10 wants the opposite, 10 wants it very much.`,
      svg: heatMap(
        attributes.flatMap((row, a) =>
          principles.map((column, p) => {
            const value = audit.guess.scores[a]?.[p] ?? null;
            return { row, column, value, text: value === null ? "" : signed(value, 0) };
          }),
        ),
        {
          label: "Guessed liking by attribute and principle",
          rows: attributes,
          columns: principles,
          cellWidth: 44,
        },
      ),
      wide: true,
    },
  ];
}
