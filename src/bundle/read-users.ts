import { join } from "node:path";
import { z } from "zod";
import { type Candidate, type Split, styleLabels } from "../core/artifacts.ts";
import { UsageError } from "../core/errors.ts";
import { parseJsonText } from "../core/json.ts";
import type { System } from "../core/ports/system.ts";
import {
  type Bounds,
  type Direction,
  rewardBounds,
  type Sign,
  scoreBounds,
  signOf,
} from "../core/rating-scale.ts";
import { readTable } from "../parquet/read.ts";
import type { Row, TableColumn } from "../parquet/table.ts";
import type { RatingMatrix } from "../ratings/rating-matrix.ts";
import { type Manifest, type TableName, tableFile } from "./manifest.ts";
import { candidateColumns, REWARDS, ratingColumn, USERS } from "./tables.ts";

/** A frozen set whose manifest was read. */
export interface OpenBundle {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly id: string;
}

/** A user as a frozen set holds it. */
export interface BundleUser {
  readonly id: string;
  readonly split: Split;
  /** Over the pool's attributes; `null` where they are not told. */
  readonly attributes: readonly (Sign | 0)[] | null;
  readonly history: readonly string[];
  readonly prompt: string;
  readonly plain: string | null;
  /** In the order of the style labels; empty for users without candidates. */
  readonly candidates: readonly (Candidate | null)[];
  /** All missing where ratings are not told. */
  readonly ratings: RatingMatrix;
  /** Of hidden worlds, by world in order: rewards of the candidates; empty elsewhere. */
  readonly rewards: readonly (readonly (number | null)[])[];
}

/** Beyond this a text is no message, and a set that holds it was made to do harm. */
const LONGEST_TEXT = 1_000_000;
const LONGEST_NAME = 500;

const REMEDY = "the set was changed or damaged: fetch it again, or ask those who published it";
export const wrong = (message: string, where: string): UsageError =>
  new UsageError(message, { where, remedy: REMEDY });

const attributeList = z.array(z.strictObject({ attribute: z.string(), side: z.enum(["follow", "avoid"]) }));
const texts = z.array(z.string().max(LONGEST_TEXT)).max(1_000);
const splits = ["train", "validation", "test"] as const satisfies Split[];

/** Rows of one of the set's tables; none, where the set has no such table. @throws UsageError as `readTable` */
export async function* rowsOf(
  system: System,
  { folder, manifest }: OpenBundle,
  name: TableName,
  columns: readonly TableColumn[],
): AsyncGenerator<Row> {
  const record = manifest.files[name];
  if (record === undefined) return;
  const path = join(folder, tableFile(name));
  const file = system.openFile(path);
  let rows = 0;
  try {
    for await (const row of readTable(file, columns, path)) {
      rows++;
      yield row;
    }
  } finally {
    file.close();
  }
  if (rows !== record.rows) throw wrong(`this table has ${rows} rows, not ${record.rows}`, path);
}

/**
 * The users of a frozen set in its order, one at a time.
 * @throws UsageError for a table of another form than the manifest promises
 */
export async function* bundleUsers(system: System, bundle: OpenBundle): AsyncGenerator<BundleUser> {
  const { manifest, folder } = bundle;
  const { pool, judge } = manifest.config;
  const isOpen = manifest.hidden === undefined || manifest.hidden.bits !== undefined;
  const scores = scoreBounds(judge.mapping);
  const columns = candidateColumns(pool.principles, isOpen);
  const candidates = peekable(rowsOf(system, bundle, "candidates", columns));
  const rewards = peekable(rowsOf(system, bundle, "rewards", REWARDS));
  const seen = new Set<string>();
  const counts = { train: 0, validation: 0, test: 0 };
  for await (const row of rowsOf(system, bundle, "users", USERS)) {
    const id = row.user as string;
    const place = `${join(folder, tableFile("users"))}, user ${id.slice(0, 80)}`;
    const split = splits.find((name) => name === row.split);
    if (split === undefined || id.length > LONGEST_NAME || seen.has(id)) {
      throw wrong(
        split === undefined
          ? `"${String(row.split).slice(0, 80)}" is no split`
          : "this user has no name of its own",
        place,
      );
    }
    seen.add(id);
    counts[split]++;
    const own = await candidatesOf(candidates, id, pool.principles, isOpen ? scores : null, place);
    const hidden = isOpen ? [] : await rewardsOf(rewards, id, manifest, own.candidates.length, split);
    yield {
      ...{ id, split, ...own, rewards: hidden },
      attributes:
        row.attributes === null ? null : attributesIn(row.attributes as string, pool.attributes, place),
      history: parsed(texts, row.history, place),
      prompt: textIn(row.prompt, place) as string,
      plain: textIn(row.plain ?? null, place),
    };
  }
  for (const split of splits) {
    if (counts[split] !== manifest.users[split])
      throw wrong(`the set has ${counts[split]} ${split} users, not ${manifest.users[split]}`, folder);
  }
  if ((await candidates.next()) !== undefined || (await rewards.next()) !== undefined)
    throw wrong("a table has rows of no user", folder);
}

async function candidatesOf(
  rows: Peekable,
  id: string,
  principles: readonly string[],
  bounds: Bounds | null,
  place: string,
): Promise<Pick<BundleUser, "candidates" | "ratings">> {
  const labels = styleLabels(principles);
  const k = principles.length;
  const candidates: (Candidate | null)[] = [];
  const scores = new Float64Array(labels.length * k).fill(Number.NaN);
  while ((await rows.peek())?.user === id) {
    const row = (await rows.next()) as Row;
    const at = candidates.length;
    const label = labels[at];
    if (label === undefined || row.principle !== label.principle || row.direction !== label.direction)
      throw wrong(`the candidates of this user are not those of its ${labels.length} styles`, place);
    const text = textIn(row.text ?? null, place);
    candidates.push(text === null ? null : { ...label, text });
    if (bounds === null) continue;
    for (const [i, p] of principles.entries()) {
      const score = row[ratingColumn(p)] as number | null;
      if (score === null) continue;
      if (!(score >= bounds[0] && score <= bounds[1])) throw wrong(`${score} is no rating`, place);
      scores[at * k + i] = score;
    }
  }
  if (candidates.length > 0 && candidates.length < labels.length)
    throw wrong(`this user has ${candidates.length} candidates, not ${labels.length}`, place);
  if (candidates.length === 0)
    return { candidates, ratings: { rows: 0, columns: k, scores: new Float64Array() } };
  return { candidates, ratings: { rows: labels.length, columns: k, scores } };
}

async function rewardsOf(
  rows: Peekable,
  id: string,
  { hidden, config }: Manifest,
  count: number,
  split: Split,
): Promise<(number | null)[][]> {
  if (split === "test") return [];
  const worlds = hidden?.commitments ?? [];
  const [low, high] = rewardBounds(config.judge.mapping);
  const all: (number | null)[][] = [];
  for (const [w] of worlds.entries()) {
    const rewards: (number | null)[] = [];
    for (let i = 0; i < count; i++) {
      const row = await rows.next();
      const reward = row?.reward as number | null | undefined;
      const isReward = reward === null || (reward !== undefined && reward >= low && reward <= high);
      if (row?.user !== id || row.world !== w + 1 || !isReward)
        throw wrong(`the rewards of world ${w + 1} are not whole`, `user ${id.slice(0, 80)}`);
      rewards.push(reward ?? null);
    }
    all.push(rewards);
  }
  return all;
}

function attributesIn(json: string, attributes: readonly string[], place: string): (Sign | 0)[] {
  const sides: (Sign | 0)[] = attributes.map(() => 0);
  for (const { attribute, side } of parsed(attributeList, json, place)) {
    const at = attributes.indexOf(attribute);
    if (at < 0) throw wrong(`the attribute "${attribute.slice(0, 80)}" is not in the pool`, place);
    sides[at] = signOf(side as Direction);
  }
  return sides;
}

function parsed<T>(schema: z.ZodType<T>, json: unknown, place: string): T {
  try {
    return schema.parse(parseJsonText(json as string));
  } catch (cause) {
    throw new UsageError("a list of this user has another form", { where: place, remedy: REMEDY, cause });
  }
}

function textIn(text: unknown, place: string): string | null {
  if (text === null) return null;
  if ((text as string).length > LONGEST_TEXT) throw wrong("a text is too long", place);
  return text as string;
}

/** Rows of which the next can be looked at before it is taken. */
interface Peekable {
  peek(): Promise<Row | undefined>;
  next(): Promise<Row | undefined>;
}

function peekable(rows: AsyncGenerator<Row>): Peekable {
  let ahead: { readonly row: Row | undefined } | undefined;
  const peek = async (): Promise<Row | undefined> => {
    ahead ??= { row: (await rows.next()).value as Row | undefined };
    return ahead.row;
  };
  return {
    peek,
    async next() {
      const row = await peek();
      if (row !== undefined) ahead = undefined;
      return row;
    },
  };
}
