import type { Interval } from "../../core/run-record.ts";
import { type CrossedCells, infer, type Linearised } from "../../statistics/crossed.ts";
import { meanOverWorlds, ratioOf } from "../../statistics/linearised.ts";
import type { Cell } from "./plug-in.ts";

/** Points of reward with the crossed t's interval and test of 0. */
export interface Amount {
  readonly points: number | null;
  readonly ci95: Interval | null;
  readonly pValue: number | null;
}

/** A share of a total, with the interval of the ratio. */
export interface Share {
  readonly share: number;
  readonly ci95: Interval | null;
}

export interface Part extends Amount {
  /** Of all that is lost, up to the end of the scale; `null` where that may be nothing. */
  readonly ofLost: Share | null;
  /** Of what knowing both would add to the method; `null` where that may be nothing, and for `carryingOut`. */
  readonly ofKnowing: Share | null;
}

export const PART_IDS = ["recognising", "learning", "remainder", "carryingOut"] as const;
export type PartId = (typeof PART_IDS)[number];

/** Where the gain of a method is lost; the parts add up to `lost`, and without `carryingOut` to `knowing`. */
export interface LossParts {
  /** The method less the plain answers: Δ. */
  readonly gain: Amount;
  /** The end of the scale less the method. */
  readonly lost: Amount;
  /** Attributes and mapping known, less the method. */
  readonly knowing: Amount;
  readonly parts: Readonly<Record<PartId, Part>>;
  /** Pairs of user and world with every reward that is needed, and those left out. */
  readonly pairs: number;
  readonly missing: number;
}

/** Rewards of one way of answering: [world][user], `null` where missing. */
export type Rewards = readonly (readonly (number | null)[])[];

export interface LadderRewards {
  readonly baseline: Rewards;
  readonly cells: Readonly<Record<Cell, Rewards>>;
  /** The most that each reward could be. */
  readonly ends: Rewards;
}

/**
 * Splits what lies between a method and the end of the scale. Each half of the 2 x 2 is the mean of what knowing one thing
 * adds without and with the other (Shapley, 1953, "A value for n-person games"): so the two add up, whichever is told first.
 * Everything is computed on the pairs of user and world that have all rewards, so that the parts add up exactly.
 * @param method its gains over the plain answers
 */
export function lossParts({ baseline, cells, ends }: LadderRewards, method: Rewards): LossParts {
  const rows = pairsOf([baseline, cells.both, cells.mapping, cells.attributes, cells.neither, method, ends]);
  const amount = (of: (row: Row) => number) => meanOverWorlds(tableOf(rows, of));
  const gained = ([, , , , , gain]: Row): number => gain;
  const endOf = (row: Row): number => row[6];
  const reward = (row: Row): number => row[0] + gained(row);
  const linear: Record<PartId, Linearised | null> = {
    recognising: amount(
      ([, both, mapping, attributes, neither]) => (both - mapping + attributes - neither) / 2,
    ),
    learning: amount(([, both, mapping, attributes, neither]) => (both - attributes + mapping - neither) / 2),
    remainder: amount((row) => row[4] - reward(row)),
    carryingOut: amount((row) => endOf(row) - row[1]),
  };
  const lost = amount((row) => endOf(row) - reward(row));
  const knowing = amount((row) => row[1] - reward(row));
  const part = (id: PartId): Part => ({
    ...amountOf(linear[id]),
    ofLost: shareOf(linear[id], lost),
    ofKnowing: id === "carryingOut" ? null : shareOf(linear[id], knowing),
  });
  return {
    gain: amountOf(amount(gained)),
    lost: amountOf(lost),
    knowing: amountOf(knowing),
    parts: {
      recognising: part("recognising"),
      learning: part("learning"),
      remainder: part("remainder"),
      carryingOut: part("carryingOut"),
    },
    pairs: rows.cells.length - rows.missing,
    missing: rows.missing,
  };
}

/** The mean over worlds of one way's rewards less another's. */
export function differenceOfRewards(a: Rewards, b: Rewards): Amount {
  return amountOf(meanOverWorlds(tableOf(pairsOf([a, b]), ([x, y]) => x - (y as number))));
}

type Row = readonly [number, number, number, number, number, number, number];

interface Pairs {
  readonly users: number;
  readonly worlds: number;
  /** One entry a user and world, a user's worlds side by side; `null` where a reward is missing. */
  readonly cells: readonly (Row | null)[];
  readonly missing: number;
}

function pairsOf(ways: readonly Rewards[]): Pairs {
  const worlds = ways[0]?.length ?? 0;
  const users = ways[0]?.[0]?.length ?? 0;
  const cells = Array.from({ length: users * worlds }, (_, i): Row | null => {
    const [u, w] = [Math.floor(i / worlds), i % worlds];
    const row = ways.map((way) => way[w]?.[u] ?? null);
    return row.includes(null) ? null : (row as unknown as Row);
  });
  return { users, worlds, cells, missing: cells.filter((row) => row === null).length };
}

function tableOf({ users, worlds, cells }: Pairs, of: (row: Row) => number): CrossedCells {
  return { users, worlds, values: Float64Array.from(cells, (row) => (row === null ? Number.NaN : of(row))) };
}

export function amountOf(linear: Linearised | null): Amount {
  const found = infer(linear);
  return {
    points: found?.estimate ?? linear?.estimate ?? null,
    ci95: found?.ci95 ?? null,
    pValue: found?.pValue ?? null,
  };
}

/** `null` where the interval of the total holds 0: a share of what may be nothing says nothing. */
function shareOf(part: Linearised | null, total: Linearised | null): Share | null {
  const whole = infer(total);
  if (part === null || total === null || whole === null) return null;
  if (whole.ci95[0] <= 0 && whole.ci95[1] >= 0) return null;
  const ratio = ratioOf(part, total);
  return ratio === null ? null : { share: ratio.estimate, ci95: infer(ratio)?.ci95 ?? null };
}
