import { fold, type Key, rngOf } from "../../core/random.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";

/** A better and a worse answer to one prompt of one user. */
export interface EncodedPair {
  /** The embedded history [E]. */
  readonly embedded: Float32Array;
  /** The templated prompt, up to where the answer begins. */
  readonly prompt: readonly number[];
  /** Tokens of the answers, each with its end where it was not cut. */
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
}

/** What pairs are padded to. */
export interface BatchShape {
  /** T: soft prompt, tokens, and padding. */
  readonly length: number;
  /** A: answers, and padding. */
  readonly answer: number;
}

/** Pairs that are computed together: host arrays of a `PreferenceBatch`. */
export interface PaddedBatch {
  /** Rows of the pairs in their list; fewer than `size` in a last batch. */
  readonly rows: readonly number[];
  /** B: pairs, with those that only fill the batch. */
  readonly size: number;
  readonly shape: BatchShape;
  readonly embedded: Float32Array<ArrayBuffer>;
  readonly ids: Int32Array<ArrayBuffer>;
  readonly starts: Int32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
  readonly mask: Float32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer>;
  /** Tokens without padding, of both answers. */
  readonly tokens: number;
}

/** Kernels of other lengths are several times slower. */
const MULTIPLE = 64;
/** Each further length costs memory that is never given back, and a compilation about as long as so many tokens. */
const TOKENS_A_LENGTH = 40_000;
/** With lengths of more than `SHORT`, a third one comes to the 4 GiB that WebAssembly has (4.3 GB resident at 1,024). */
const MOST_LENGTHS = { short: 3, long: 2 };
const SHORT = 512;

/** Positions that a pair takes behind `soft` vectors. */
function pairLength({ prompt, chosen, rejected }: EncodedPair, soft: number): number {
  return soft + prompt.length + Math.max(chosen.length, rejected.length);
}

/**
 * The few shapes (sizes are multiples of 64, lengths ascending) to which pairs are padded: those that cost least, padding
 * and compilation together.
 * @param passes how often every pair is computed
 */
export function batchShapes(pairs: readonly EncodedPair[], soft: number, passes: number): BatchShape[] {
  const lengths = batchLengths(pairs, soft, passes);
  const longest = new Map(lengths.map((length) => [length, 0]));
  for (const pair of pairs) {
    const length = lengths.find((l) => l >= pairLength(pair, soft)) as number;
    longest.set(length, Math.max(longest.get(length) as number, pair.chosen.length, pair.rejected.length));
  }
  return [...longest].map(([length, answer]) => ({
    length,
    answer: Math.ceil(answer / MULTIPLE) * MULTIPLE,
  }));
}

function batchLengths(pairs: readonly EncodedPair[], soft: number, passes: number): number[] {
  const counts = new Map<number, number>();
  for (const pair of pairs) {
    const length = Math.ceil(pairLength(pair, soft) / MULTIPLE) * MULTIPLE;
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  const lengths = [...counts.keys()].sort((a, b) => a - b);
  const longest = lengths.at(-1);
  if (longest === undefined) return [];
  const cost = (chosen: readonly number[]): number => {
    let tokens = chosen.length * TOKENS_A_LENGTH;
    for (const [length, count] of counts) {
      tokens += 2 * passes * count * (chosen.find((c) => c >= length) as number);
    }
    return tokens;
  };
  const most = longest <= SHORT ? MOST_LENGTHS.short : MOST_LENGTHS.long;
  let best = [longest];
  const extend = (chosen: readonly number[], from: number): void => {
    if (cost(chosen) < cost(best)) best = [...chosen];
    if (chosen.length === most) return;
    for (let i = from; i >= 0; i--) extend([lengths[i] as number, ...chosen], i - 1);
  };
  extend([longest], lengths.length - 2);
  return best;
}

/**
 * The batches of an epoch, each a list of rows of pairs of one padded length: pairs are shuffled, gathered by length,
 * and the batches shuffled again.
 */
export function epochBatches(
  pairs: readonly EncodedPair[],
  shapes: readonly BatchShape[],
  soft: number,
  batchSize: number,
  key: Key,
): number[][] {
  const byShape = new Map<BatchShape, number[]>(shapes.map((shape) => [shape, []]));
  for (const row of rngOf(fold(key, "pairs")).shuffle(pairs.map((_, i) => i))) {
    byShape.get(shapeOf(pairs[row] as EncodedPair, shapes, soft))?.push(row);
  }
  const batches = [...byShape.values()].flatMap((rows) => chunks(rows, batchSize));
  return rngOf(fold(key, "batches")).shuffle(batches);
}

/** The batches of a pass in which order does not matter. */
export function plainBatches(
  pairs: readonly EncodedPair[],
  shapes: readonly BatchShape[],
  soft: number,
  batchSize: number,
): number[][] {
  return shapes.flatMap((shape) =>
    chunks(
      [...pairs.keys()].filter((row) => shapeOf(pairs[row] as EncodedPair, shapes, soft) === shape),
      batchSize,
    ),
  );
}

function shapeOf(pair: EncodedPair, shapes: readonly BatchShape[], soft: number): BatchShape {
  const shape = shapes.find(({ length }) => length >= pairLength(pair, soft));
  if (shape === undefined) throw new RangeError("a pair is longer than every batch");
  return shape;
}

/** Numbers that one computation may keep, by `numbersOf`: about 1 GB with what jax-js needs besides. */
const MOST_NUMBERS = 60e6;

/** What the backward pass of one sequence needs of the forward pass, roughly: logits, and in each layer the widths. */
function numbersOf({ length, answer }: BatchShape, config: LlamaConfig): number {
  const { vocabSize, layers, heads, hiddenSize, intermediateSize } = config;
  return (
    3 * answer * vocabSize + length * layers * (20 * hiddenSize + 6 * intermediateSize + 5 * heads * length)
  );
}

/**
 * Cuts a batch into parts that fit into memory and pads each; all parts of a length have one size, so that one
 * program serves them.
 */
export function paddedBatches(
  rows: readonly number[],
  pairs: readonly EncodedPair[],
  shapes: readonly BatchShape[],
  soft: number,
  batchSize: number,
  config: LlamaConfig,
): PaddedBatch[] {
  const shape = shapeOf(pairs[rows[0] as number] as EncodedPair, shapes, soft);
  const most = Math.max(1, Math.floor(MOST_NUMBERS / (2 * numbersOf(shape, config))));
  const size = Math.ceil(batchSize / Math.ceil(batchSize / most));
  return chunks(rows, size).map((part) => padBatch(part, pairs, size, shape, soft));
}

function padBatch(
  rows: readonly number[],
  pairs: readonly EncodedPair[],
  size: number,
  shape: BatchShape,
  soft: number,
): PaddedBatch {
  const { length, answer: width } = shape;
  const embeddingSize = (pairs[rows[0] as number] as EncodedPair).embedded.length;
  const batch = {
    rows,
    size,
    shape,
    embedded: new Float32Array(size * embeddingSize),
    ids: new Int32Array(2 * size * (length - soft)),
    starts: new Int32Array(2 * size),
    targets: new Int32Array(2 * size * width),
    mask: new Float32Array(2 * size * width),
    weights: new Float32Array(size),
  };
  let tokens = 0;
  for (let i = 0; i < size; i++) {
    // A pair that only fills the batch repeats the first one, with no weight.
    const { embedded, prompt, chosen, rejected } = pairs[rows[i] ?? (rows[0] as number)] as EncodedPair;
    batch.embedded.set(embedded, i * embeddingSize);
    batch.weights[i] = i < rows.length ? 1 : 0;
    for (const [half, answer] of [chosen, rejected].entries()) {
      const sequence = half * size + i;
      batch.ids.set([...prompt, ...answer], sequence * (length - soft));
      batch.starts[sequence] = soft + prompt.length - 1;
      batch.targets.set(answer, sequence * width);
      batch.mask.fill(1, sequence * width, sequence * width + answer.length);
      if (i < rows.length) tokens += prompt.length + answer.length;
    }
  }
  return { ...batch, tokens };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
