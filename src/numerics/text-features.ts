import { csrRows } from "./csr-rows.ts";
import { HashIds } from "./hash-ids.ts";
import { type NgramHasher, type NgramKind, type NgramLengths, ngramHasher } from "./ngrams.ts";
import type { Csr } from "./sparse.ts";
import { measureShape, SHAPE_COLUMNS } from "./text-shape.ts";

/** A document is a list of texts, e.g. a history of prompts. */
export type Document = readonly string[];

/** Which n-grams of a kind become columns. */
interface NgramOptions {
  readonly lengths: NgramLengths;
  /** The most; those in most documents are kept (ties by hash). */
  readonly max: number;
}

export interface VectorizerOptions {
  readonly word: NgramOptions;
  readonly character: NgramOptions;
  /** n-grams in fewer documents are left out. */
  readonly minDocuments: number;
  /** Size of one standard deviation of a shape measure, beside the n-grams' total length of 1; 0 for none. */
  readonly shapeScale: number;
}

const DEFAULTS: VectorizerOptions = {
  word: { lengths: [1, 2], max: 15_000 },
  character: { lengths: [2, 3], max: 3_000 },
  minDocuments: 3,
  shapeScale: 0.1,
};

export interface Vectorizer {
  /** Word n-grams, character n-grams (each from the most to the least common), then the shape measures. */
  readonly columns: number;
  transform(documents: readonly Document[]): Csr;
}

/**
 * Sparse style features, fitted on training documents. n-grams: (1 + ln count) * idf with
 * idf = 1 + ln((1 + documents) / (1 + documents that hold it)), scaled to length 1 (scikit-learn's TfidfVectorizer
 * with sublinear_tf). Shape measures: standardised on the training documents, clipped at three deviations.
 */
export function fitVectorizer(
  documents: readonly Document[],
  options: Partial<VectorizerOptions> = {},
): Vectorizer {
  const { word, character, minDocuments, shapeScale } = { ...DEFAULTS, ...options };
  const hashes = ngramHasher();
  const words = selectNgrams(documents, "word", word, minDocuments, hashes);
  const characters = selectNgrams(documents, "character", character, minDocuments, hashes);
  const weights = Float64Array.from([...words.weights, ...characters.weights]);
  const shape = shapeScale > 0 ? fitShape(documents, shapeScale) : undefined;
  const columns = weights.length + (shape ? SHAPE_COLUMNS : 0);
  const counts = new Uint32Array(weights.length);
  /** Room for one row. */
  const room = { indices: new Uint32Array(columns), values: new Float32Array(columns) };

  const row = (document: Document): { indices: Uint32Array; values: Float32Array } => {
    const present: number[] = [];
    const count = (ids: HashIds, own: Uint32Array, firstColumn: number) => {
      for (const hash of own) {
        const id = ids.find(hash);
        if (id >= 0 && counts[firstColumn + id]!++ === 0) present.push(firstColumn + id);
      }
    };
    count(words.ids, hashes(document, "word", word.lengths), 0);
    count(characters.ids, hashes(document, "character", character.lengths), words.ids.size);
    const extra = shape ? shape(document) : [];
    const indices = room.indices.subarray(0, present.length + extra.length);
    const values = room.values.subarray(0, indices.length);
    indices.set(present);
    indices.subarray(0, present.length).sort();
    let squares = 0;
    for (let p = 0; p < present.length; p++) {
      const column = indices[p] as number;
      const value = (1 + Math.log(counts[column] as number)) * (weights[column] as number);
      values[p] = value;
      squares += value * value;
      counts[column] = 0;
    }
    for (let p = 0; p < present.length; p++) values[p]! /= Math.sqrt(squares);
    extra.forEach((value, i) => {
      indices[present.length + i] = weights.length + i;
      values[present.length + i] = value;
    });
    return { indices, values };
  };
  return {
    columns,
    transform(list) {
      const rows = csrRows(list.length);
      for (const document of list) {
        const { indices, values } = row(document);
        rows.add(indices, values);
      }
      return rows.matrix(columns);
    },
  };
}

/** The chosen n-grams' hashes by column within the kind, and the idf weight of each. */
function selectNgrams(
  documents: readonly Document[],
  kind: NgramKind,
  { lengths, max }: NgramOptions,
  minDocuments: number,
  hashes: NgramHasher,
): { ids: HashIds; weights: Float64Array } {
  const seen = new HashIds();
  let holders = new Uint32Array(1 << 16); // by id: documents that hold the n-gram
  let latest = new Uint32Array(1 << 16); // and the last of them, counted from 1
  documents.forEach((document, number) => {
    for (const hash of hashes(document, kind, lengths)) {
      const id = seen.add(hash);
      if (id === holders.length) {
        holders = doubled(holders);
        latest = doubled(latest);
      }
      if (latest[id] === number + 1) continue;
      latest[id] = number + 1;
      holders[id]!++;
    }
  });
  const kept: number[] = [];
  for (let id = 0; id < seen.size; id++) if ((holders[id] as number) >= minDocuments) kept.push(id);
  kept.sort((a, b) => (holders[b] as number) - (holders[a] as number) || seen.hashOf(a) - seen.hashOf(b));
  kept.length = Math.min(kept.length, max);

  const ids = new HashIds();
  for (const id of kept) ids.add(seen.hashOf(id));
  const idf = (id: number) => 1 + Math.log((1 + documents.length) / (1 + (holders[id] as number)));
  return { ids, weights: Float64Array.from(kept, idf) };
}

/** Standardises shape measures by the training documents; a measure that never varies becomes 0. */
function fitShape(documents: readonly Document[], scale: number): (document: Document) => number[] {
  const measured = documents.map(measureShape);
  const columns = Array.from({ length: SHAPE_COLUMNS }, (_, column) => {
    const values = measured.map((row) => row[column] as number);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    return { mean, deviation };
  });
  return (document) =>
    measureShape(document).map((value, column) => {
      const { mean, deviation } = columns[column] as { mean: number; deviation: number };
      const standardised = deviation > 1e-12 ? (value - mean) / deviation : 0;
      return scale * Math.max(-3, Math.min(3, standardised));
    });
}

/** The same numbers and as many zeros; the array of before is empty. */
function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return new Uint32Array(array.buffer.transfer(2 * array.byteLength));
}
