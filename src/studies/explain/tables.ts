import { fixed, interval, percent, pValue, signed, whole } from "../../report/format.ts";
import { usageTable } from "../../report/run-tables.ts";
import { type Column, INTERVAL, left, right, type Table } from "../../report/table.ts";
import { type Amount, PART_IDS, type PartId, type Share } from "./parts.ts";
import type { ExplainRecord } from "./record.ts";

/** The plain answers, beside which the others are told. */
const PLAIN = "none";

/** What a part is called wherever people read it. */
export const PART_NAMES: Readonly<Record<PartId, string>> = {
  recognising: "recognising the user",
  learning: "learning the mapping",
  remainder: "own remainder",
  carryingOut: "carrying out",
};

export function explainTables(record: ExplainRecord): Table[] {
  return [
    partsTable(record),
    rungTable(record),
    recogniserTable(record),
    mappingTable(record),
    obedienceTable(record),
    { ...usageTable(record), id: "explain-usage" },
  ];
}

const detail = (column: Column): Column => ({ ...column, isDetail: true });
const shareText = (share: Share | null): string => (share === null ? "–" : percent(share.share));
const shareBounds = (share: Share | null): string => interval(share?.ci95 ?? null, percent);

/** Where the gain is lost: the table that the study is for. */
export function partsTable(record: ExplainRecord): Table {
  const rows = record.methods.flatMap((method) =>
    PART_IDS.map((id) => ({ method, id, part: method.parts[id] })),
  );
  return {
    id: "explain-parts",
    caption: `Where the gain is lost, from each method to the end of the scale; shares of all that is lost, and of what knowing attributes and mapping adds`,
    columns: [
      { ...left("method"), wraps: true },
      left("lost in"),
      right("points"),
      INTERVAL,
      right("of all lost"),
      detail(left("interval, of all lost")),
      right("of knowing"),
      detail(left("interval, of knowing")),
    ],
    rows: rows.map(({ method, id, part }) => [
      id === PART_IDS[0] ? method.name : "",
      PART_NAMES[id],
      fixed(part.points),
      interval(part.ci95, fixed),
      shareText(part.ofLost),
      shareBounds(part.ofLost),
      shareText(part.ofKnowing),
      shareBounds(part.ofKnowing),
    ]),
    data: rows.map(({ method, id, part }) => ({
      method: method.name,
      part: id,
      ...flat(part),
      shareOfLost: part.ofLost?.share ?? null,
      shareOfLostLow: part.ofLost?.ci95?.[0] ?? null,
      shareOfLostHigh: part.ofLost?.ci95?.[1] ?? null,
      shareOfKnowing: part.ofKnowing?.share ?? null,
      shareOfKnowingLow: part.ofKnowing?.ci95?.[0] ?? null,
      shareOfKnowingHigh: part.ofKnowing?.ci95?.[1] ?? null,
      gain: method.gain.points,
      lost: method.lost.points,
      knowing: method.knowing.points,
      pairs: method.pairs,
      missing: method.missing,
    })),
  };
}

const flat = ({ points, ci95, pValue: p }: Amount) => ({
  points,
  low: ci95?.[0] ?? null,
  high: ci95?.[1] ?? null,
  pValue: p,
});

/** The plug-in router by what it knows, and what stands beside it. */
export function rungTable(record: ExplainRecord): Table {
  return {
    id: "explain-rungs",
    caption: `A router that is told more and more, and what stands beside it`,
    columns: [left("answers of"), right("mean reward"), right("Δ"), INTERVAL, right("p")],
    rows: record.rungs.map(({ id, name, meanReward, gain }) => [
      name,
      fixed(meanReward),
      id === PLAIN ? "–" : signed(gain.points),
      id === PLAIN ? "–" : interval(gain.ci95, signed),
      id === PLAIN ? "–" : pValue(gain.pValue),
    ]),
    data: record.rungs.map(({ id, name, meanReward, gain }) => ({ id, name, meanReward, ...flat(gain) })),
  };
}

function recogniserTable(record: ExplainRecord): Table {
  return {
    id: "explain-attributes",
    caption: `How often the recogniser names an attribute on the right side`,
    columns: [left("attribute"), right("right"), INTERVAL, right("users")],
    rows: record.attributes.map(({ attribute, right: share, ci95, n }) => [
      attribute,
      percent(share),
      interval(ci95, percent),
      whole(n),
    ]),
    data: record.attributes.map(({ ci95, ...row }) => ({
      ...row,
      low: ci95?.[0] ?? null,
      high: ci95?.[1] ?? null,
    })),
  };
}

function mappingTable(record: ExplainRecord): Table {
  return {
    id: "explain-principles",
    caption: `How often the learned mapping, told the true attributes, chooses the style that the true mapping chooses`,
    columns: [
      left("principle wanted or refused most"),
      right("same style"),
      INTERVAL,
      right("users in worlds"),
    ],
    rows: record.principles.map(({ principle, right: share, ci95, n }) => [
      principle,
      percent(share),
      interval(ci95, percent),
      whole(n),
    ]),
    data: record.principles.map(({ ci95, ...row }) => ({
      ...row,
      low: ci95?.[0] ?? null,
      high: ci95?.[1] ?? null,
    })),
  };
}

function obedienceTable(record: ExplainRecord): Table {
  return {
    id: "explain-obedience",
    caption: `How far telling a style moves the judge's score of its principle, towards what was told`,
    columns: [
      left("told to"),
      left("principle"),
      right("plain"),
      right("told"),
      right("moved"),
      INTERVAL,
      right("users"),
    ],
    rows: record.obedience.map(({ direction, principle, plain, told, moved, n }) => [
      direction,
      principle,
      fixed(plain),
      fixed(told),
      signed(moved.points),
      interval(moved.ci95, signed),
      whole(n),
    ]),
    data: record.obedience.map(({ moved, ...row }) => ({ ...row, ...flat(moved) })),
  };
}
