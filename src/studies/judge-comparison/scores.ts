import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { parseJsonl } from "../../core/jsonl.ts";
import { remapped, type ScoreMapping } from "../../core/rating-scale.ts";
import { readNpz } from "../../numerics/npz.ts";
import { checkScore } from "../scores.ts";

/** What one judge gave one antonym pair; the four lists run in parallel over conversations. */
export interface PairScores {
  readonly pair: readonly [string, string];
  readonly conversations: readonly string[];
  /** s+: scores on the first word of the pair. */
  readonly positive: Float64Array;
  /** s-: scores on the second. */
  readonly negative: Float64Array;
  /** Conversations left out because a score is missing. */
  readonly missing: number;
  /** Scores between 0 and 1, as they were given. */
  readonly belowScale: number;
}

/** All that is known of one judge. */
export interface JudgeScores {
  readonly judge: string;
  readonly pairs: readonly PairScores[];
  /** Scores were answers on 1 to 100 divided by ten, and have been put on 1 to 10: their file says so, or `onScale`. */
  readonly rescaled?: true;
}

interface Entry {
  readonly conversation: string;
  readonly scores: readonly [number, number];
  /** What the scores are; absent: on 1 to 10. */
  readonly mapping?: ScoreMapping;
  readonly where: string;
}

/**
 * Reads `scores` (pairs x 2 x conversations) and `pairs` (pairs x 2 names) of a NumPy archive. Conversations have
 * no names there, and each pair has its own (as in the paper's files: six sets of 160): those of one pair and number in
 * files with as many of them are taken to be the same.
 * @throws UsageError with the place for a wrong shape, a missing member, a score off the scale, no conversation
 */
export function scoresFromNpz(bytes: Uint8Array, file: string): JudgeScores {
  const arrays = readNpz(bytes, file);
  const scores = arrays.get("scores");
  const pairs = arrays.get("pairs");
  const remedy =
    "give `scores` of shape pairs x 2 x conversations and `pairs` of shape pairs x 2, as numpy.savez writes them";
  if (!scores || !pairs) {
    const found = arrays.size === 0 ? "nothing" : [...arrays.keys()].join(", ");
    throw new UsageError(`the archive needs members scores and pairs, and has ${found}`, {
      where: file,
      remedy,
    });
  }
  const [count = 0, poles, conversations = 0] = scores.shape;
  const shapes = `scores is ${scores.shape.join(" x ") || "a single number"}, pairs is ${pairs.shape.join(" x ")}`;
  if (scores.shape.length !== 3 || poles !== 2 || pairs.shape.join() !== `${count},2`) {
    throw new UsageError(`the shapes are wrong: ${shapes}`, { where: file, remedy });
  }
  if (count === 0 || conversations === 0)
    throw new UsageError(`there is no score: ${shapes}`, { where: file, remedy });
  const { data } = scores;
  const names = pairs.data;
  if (!(data instanceof Float64Array) || names instanceof Float64Array) {
    throw new UsageError(`the types are wrong: scores is ${scores.dtype}, pairs is ${pairs.dtype}`, {
      where: file,
      remedy: "give scores as numbers and pairs as strings",
    });
  }
  const byPair = Array.from({ length: count }, (_, p) => {
    const pair = [names[2 * p] as string, names[2 * p + 1] as string] as const;
    const at = (pole: number, c: number) => data[(2 * p + pole) * conversations + c] as number;
    const entries = Array.from({ length: conversations }, (_, c) => ({
      conversation: `${pair.join("/")}: ${c} of ${conversations}`,
      scores: [at(0, c), at(1, c)] as const,
      where: `${file}: pair ${pair.join("/")}, conversation ${c}`,
    }));
    return collectPair(pair, entries);
  });
  refuseDoubles(byPair, file);
  return { judge: baseName(file), pairs: byPair };
}

const LINE_SHAPE =
  'write lines such as {"judge": "mine", "pair": ["warm", "cold"], "conversation": "c1", "scores": [8, 2]}';
const score = z.number().nullable();
const scoreLine = z.strictObject({
  judge: z.string().optional(),
  pair: z.tuple([z.string(), z.string()]),
  conversation: z.union([z.string(), z.number()]).transform(String),
  scores: z.tuple([score, score]),
  mapping: z.enum(["linear", "tenth"]).optional(),
  // Lines that a study of ours wrote; what was simulated is taken from the record beside them.
  simulated: z.boolean().optional(),
  simulatedRoles: z.array(z.string()).optional(),
});

/**
 * Reads lines `{judge, pair: [a, b], conversation, scores: [s+, s-], mapping}`; `judge` may be left out (then it is the
 * file's base name), and a missing score is null. Scores whose `mapping` is "tenth" are put on 1 to 10.
 * @throws UsageError with its place for another shape, a score off the scale, a conversation given twice
 */
export function scoresFromJsonl(
  lines: Iterable<{ readonly number: number; readonly text: string }>,
  file: string,
): JudgeScores[] {
  const judges = new Map<
    string,
    Map<string, { pair: readonly [string, string]; entries: Map<string, Entry> }>
  >();
  const inTenths = new Set<string>();
  for (const record of parseJsonl(lines, file, scoreLine, LINE_SHAPE)) {
    const { judge = baseName(file), pair, conversation, scores, mapping } = record;
    const pairs = judges.get(judge) ?? new Map();
    judges.set(judge, pairs);
    const name = pair.join("/");
    const known = pairs.get(name) ?? { pair, entries: new Map<string, Entry>() };
    pairs.set(name, known);
    const where = `${file}: judge ${judge}, pair ${name}, conversation ${conversation}`;
    if (known.entries.has(conversation)) {
      throw new UsageError("this conversation is scored twice", {
        where,
        remedy: "keep one line a judge, pair and conversation",
      });
    }
    const [positive, negative] = scores;
    known.entries.set(conversation, {
      conversation,
      scores: [positive ?? Number.NaN, negative ?? Number.NaN],
      ...(mapping === undefined ? {} : { mapping }),
      where,
    });
    if (mapping === "tenth") inTenths.add(judge);
  }
  if (judges.size === 0)
    throw new UsageError("there is no score in the file", { where: file, remedy: LINE_SHAPE });
  return [...judges].map(([judge, pairs]) => ({
    judge,
    pairs: [...pairs.values()].map(({ pair, entries }) => collectPair(pair, [...entries.values()])),
    ...(inTenths.has(judge) && { rescaled: true as const }),
  }));
}

function collectPair(pair: readonly [string, string], entries: readonly Entry[]): PairScores {
  let belowScale = 0;
  const side = (pole: 0 | 1): Float64Array =>
    Float64Array.from(complete, ({ scores, mapping }) => remapped(scores[pole], mapping));
  const complete = entries.filter(({ scores, where }) => {
    const kinds = scores.map((score, pole) => checkScore(score, () => `${where}, "${pair[pole]}"`));
    belowScale += kinds.filter((kind) => kind === "below the scale").length;
    return !kinds.includes("missing");
  });
  return {
    pair,
    conversations: complete.map((entry) => entry.conversation),
    positive: side(0),
    negative: side(1),
    missing: entries.length - complete.length,
    belowScale,
  };
}

function refuseDoubles(pairs: readonly PairScores[], where: string): void {
  const names = pairs.map(({ pair }) => pair.join("/"));
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined) {
    throw new UsageError(`the pair ${double} stands there twice`, {
      where,
      remedy: "keep one row of scores a pair",
    });
  }
}

function baseName(file: string): string {
  return (file.split(/[/\\]/).at(-1) as string).replace(/\.[^.]*$/, "");
}
