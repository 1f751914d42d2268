import fc from "fast-check";
import { expect, test } from "vitest";
import { ngramHasher } from "./ngrams.ts";
import { fitVectorizer } from "./text-features.ts";
import { measureShape, SHAPE_COLUMNS } from "./text-shape.ts";

const hashNgrams = ngramHasher();

const texts = fc.array(fc.string({ unit: fc.constantFrom(..."ab Z9.!'é\n") }), { maxLength: 3 });

const distinct = (history: string[], kind: "word" | "character", lengths: [number, number]) =>
  new Set(hashNgrams(history, kind, lengths));
const none = { lengths: [1, 0], max: 0 } as const;

test("character n-grams stay within a word and its padding", () => {
  // " a ": " a", "a "; " bc ": " b", "bc", "c ".
  expect(hashNgrams(["a bc"], "character", [2, 2])).toHaveLength(5);
  expect(distinct(["a  bc"], "character", [2, 5])).toEqual(distinct(["bc", "a"], "character", [2, 5]));
  expect(distinct(["Bc"], "character", [2, 2])).not.toEqual(distinct(["bc"], "character", [2, 2]));
});

test("word n-grams ignore case, take punctuation as tokens, and do not cross prompts", () => {
  expect(distinct(["Well, well"], "word", [1, 1]).size).toBe(2);
  expect(distinct(["so good"], "word", [2, 2]).size).toBe(1);
  expect(distinct(["so", "good"], "word", [2, 2]).size).toBe(0);
  expect(distinct(["don’t"], "word", [1, 1]).size).toBe(1);
  expect(distinct(["wow!!"], "word", [1, 1])).not.toEqual(distinct(["wow!"], "word", [1, 1]));
});

test("counts of n-grams follow from the lengths of words, for any text", () => {
  fc.assert(
    fc.property(texts, (history) => {
      const words = history.flatMap((text) => text.split(/\s+/).filter((word) => word.length > 0));
      const count = words.reduce((sum, word) => sum + word.length + 1 + word.length, 0); // n = 2 and 3 of L + 2
      expect(hashNgrams(history, "character", [2, 3])).toHaveLength(count);
    }),
  );
});

test("weights are those worked out by hand: sublinear counts, smooth idf, length 1", () => {
  const options = {
    word: { lengths: [1, 1], max: 9 },
    character: none,
    minDocuments: 1,
    shapeScale: 0,
  } as const;
  const vectorizer = fitVectorizer([["b b a"], ["b"], ["b c"]], options);
  expect(vectorizer.columns).toBe(3);
  const { offsets, indices, values } = vectorizer.transform([["b b a unseen"]]);
  expect([...offsets]).toEqual([0, 2]);
  expect(indices[0]).toBe(0); // b is in most documents, so it is first
  const [b, a] = [(1 + Math.log(2)) * 1, 1 + Math.log(4 / 2)];
  expect(values[0]).toBeCloseTo(b / Math.hypot(a, b), 6);
  expect(values[1]).toBeCloseTo(a / Math.hypot(a, b), 6);
});

test("rare n-grams are left out, and the most common kept", () => {
  const word = { lengths: [1, 1], max: 9 } as const;
  const options = { word, character: none, minDocuments: 1, shapeScale: 0 };
  const documents = [["x y z"], ["x y"], ["x w"]];
  expect(fitVectorizer(documents, { ...options, minDocuments: 2 }).columns).toBe(2);
  const first = fitVectorizer(documents, { ...options, word: { ...word, max: 1 } });
  expect([...first.transform([["x"], ["y"]]).offsets]).toEqual([0, 1, 1]);
});

test("rows are sorted, finite and of length 1 beside the shape, whatever the text; the order of fitting is no matter", () => {
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1, maxLength: 8 }), (documents) => {
      const vectorizer = fitVectorizer(documents, { minDocuments: 1, shapeScale: 0.1 });
      const x = vectorizer.transform(documents);
      for (let row = 0; row < x.rows; row++) {
        const [start, end] = [x.offsets[row]!, x.offsets[row + 1]!];
        const indices = [...x.indices.subarray(start, end)];
        expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
        const ngrams = x.values.subarray(start, end - SHAPE_COLUMNS);
        if (ngrams.length > 0) expect(Math.hypot(...ngrams)).toBeCloseTo(1, 5);
        for (const shape of x.values.subarray(end - SHAPE_COLUMNS, end))
          expect(Math.abs(shape)).toBeLessThanOrEqual(0.301);
      }
      const turned = fitVectorizer(documents.toReversed(), { minDocuments: 1, shapeScale: 0 });
      const same = fitVectorizer(documents, { minDocuments: 1, shapeScale: 0 });
      expect(turned.transform(documents)).toEqual(same.transform(documents));
    }),
  );
});

test("shape measures tell length, case and punctuation, and are finite for nothing", () => {
  const calm = measureShape(["please explain how a kettle works"]);
  const loud = measureShape(["WOW! Explain KETTLES!! Now!"]);
  expect(calm).toHaveLength(SHAPE_COLUMNS);
  expect(loud[7]).toBeGreaterThan(calm[7]!); // exclamation marks a sentence
  expect(loud[5]).toBeGreaterThan(calm[5]!); // capitals
  expect(calm[6]).toBeGreaterThan(loud[6]!); // lower-case starts
  for (const value of [...measureShape([]), ...measureShape(["   "])])
    expect(Number.isFinite(value)).toBe(true);
});
