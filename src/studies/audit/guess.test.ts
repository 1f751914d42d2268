import { describe, expect, test } from "vitest";
import { failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { sampleWorld } from "../../world/mapping.ts";
import { guessMapping, mappingFrom, parseGuess } from "./guess.ts";
import { guessedPairs, guessHits } from "./guess-hits.ts";

describe("a reply to the question for a guess", () => {
  test.each([
    ["1: -4\n2: 10\n3: 0", [-4, 10, 0]],
    ["Here you are:\n\n2. casual: 7\n1. **gentle**: −3\n- 3) elaborate = 0.5\n", [-3, 7, 0.5]],
    ["1 : +4\n2. -2\n3: 1.", [4, -2, 1]],
  ])("%j is read", (text, scores) => expect(parseGuess(text, 3)).toEqual(scores));

  test.each([
    ["a property without a score", "1: 2\n2: 3"],
    ["a property twice", "1: 2\n2: 3\n2: 4\n3: 1"],
    ["a score off the scale", "1: 2\n2: 11\n3: 0"],
    ["a number that is not in the list", "1: 2\n2: 3\n4: 1"],
    ["a refusal", "I cannot guess what people like."],
    ["nothing", ""],
  ])("with %s is not", (_, text) => expect(parseGuess(text, 3)).toBeNull());
});

const pool = { attributes: ["verbose", "anxious"], principles: ["elaborate", "gentle"] };
const none = () => {};

describe("the guess", () => {
  test("is half the difference between the sides, over the replies that can be read", async () => {
    const model = scriptedModel(({ messages, sample }) => {
      const person = messages[1]?.content.split("\n")[0] ?? "";
      if (person.endsWith("opposite of this: verbose")) return { text: "1: -6\n2: 1" };
      if (person.endsWith("verbose")) return { text: sample === 0 ? "1: 8\n2: 1" : "1: 4\n2: 3" };
      if (person.endsWith("opposite of this: anxious")) return { text: "1: 0\n2: 3" };
      return sample === 0 ? failing("request") : { text: "1: 2\n2: -9" };
    });
    const guess = await guessMapping(model, pool, 2, 4, none);
    expect(guess.scores).toEqual([
      [6, 0.5],
      [1, -6],
    ]);
    expect(guess.matrix).toEqual([
      [1, 0],
      [0, -1],
    ]);
    expect([guess.asked, guess.unusable]).toEqual([8, 1]);
    expect(guessedPairs(guess)).toEqual([
      { attribute: 0, principle: 0, direction: "follow", score: 6 },
      { attribute: 1, principle: 1, direction: "avoid", score: -6 },
    ]);
    // It is told two names a question, and the list.
    for (const { messages } of model.requests) {
      expect(messages[1]?.content).toMatch(
        /: (verbose|anxious)\n\nProperties of answers:\n1\. elaborate\n2\. gentle$/,
      );
    }
  });

  test("of a model that cannot answer is none, and an attribute without one is not counted", async () => {
    const silent = await guessMapping(
      scriptedModel(() => ({ text: "No." })),
      pool,
      1,
      1,
      none,
    );
    expect(silent.scores).toEqual([null, null]);
    const world = sampleWorld(1, "signed-permutation", 2);
    expect(guessHits(silent, [world])).toMatchObject({ hits: 0, of: 0, accuracy: null, pValue: null });
    const half = { ...silent, scores: [[5, 1], null], matrix: mappingFrom([[5, 1], null], 2) };
    expect(half.matrix).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(guessHits(half, [world])).toMatchObject({ of: 1, chance: 0.25 });
    expect(guessedPairs(half)[1]).toBeNull();
  });

  test("is always a signed permutation, and the best one", () => {
    const scores = [
      [9, 8, 0],
      [-10, 2, 1],
      [0, 0, 0],
    ];
    // 8 and 10 together are more than 9 with 2.
    expect(mappingFrom(scores, 3)).toEqual([
      [0, -1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });
});

describe("hits", () => {
  const worlds = [1, 2, 3].map((seed) => sampleWorld(seed, "signed-permutation", 4));
  const guessOf = (matrix: readonly (readonly number[])[]) => ({
    scores: matrix[0]!.map((_, attribute) => matrix.map((row) => row[attribute]!)),
    matrix,
    asked: 0,
    unusable: 0,
  });

  test("who knows a world hits all of it, and chance would hardly have done it", () => {
    const found = guessHits(guessOf(worlds[0]!.matrix), worlds.slice(0, 1));
    expect(found).toMatchObject({ hits: 4, of: 4, accuracy: 1 });
    expect(found.pValue).toBeCloseTo(1 / (24 * 16), 12);
    expect(found.perWorld).toEqual([{ seed: 1, hits: 4, principles: 4 }]);
  });

  test("the opposite directions hit the principles alone", () => {
    const opposite = worlds[0]!.matrix.map((row) => row.map((c) => -c));
    const { hits, perWorld, pValue } = guessHits(guessOf(opposite), worlds.slice(0, 1));
    expect([hits, perWorld[0]?.principles]).toEqual([0, 4]);
    expect(pValue).toBeCloseTo(1, 12);
  });

  test("chance is right: over many worlds p is at most 5 % in no more than 5 %", () => {
    const guess = guessOf(sampleWorld(0, "signed-permutation", 4).matrix);
    for (const kind of ["signed-permutation", "gaussian"] as const) {
      const ps = Array.from({ length: 1000 }, (_, i) =>
        guessHits(
          guess,
          [0, 1, 2].map((w) => sampleWorld(1 + 3 * i + w, kind, 4)),
        ),
      );
      const alarms = ps.filter(({ pValue }) => pValue! <= 0.05).length;
      expect(alarms).toBeLessThan(1000 * 0.05 + 3 * Math.sqrt(1000 * 0.05 * 0.95));
      const mean = ps.reduce((sum, { accuracy }) => sum + accuracy!, 0) / 1000;
      expect(Math.abs(mean - 1 / 8)).toBeLessThan(0.01);
    }
  });

  test("of stacked permutations any principle of the attribute is right, and chance is as good", () => {
    const guess = guessOf(sampleWorld(0, "signed-permutation", 4).matrix);
    const found = Array.from({ length: 60 }, (_, seed) =>
      guessHits(guess, [sampleWorld(seed, "stacked-permutation", 4, 2)]),
    );
    expect(found[0]?.chance).toBe(1 / 4);
    const mean = found.reduce((sum, { accuracy }) => sum + accuracy!, 0) / found.length;
    expect(Math.abs(mean - 1 / 4)).toBeLessThan(0.08);
    const alarms = found.filter(({ pValue }) => pValue! <= 0.05).length;
    expect(alarms).toBeLessThan(60 * 0.05 + 3 * Math.sqrt(60 * 0.05 * 0.95));
    const known = sampleWorld(3, "stacked-permutation", 4, 2);
    expect(guessHits(guessOf(known.matrix), [known]).hits).toBe(4);
  });

  test("a mapping from a file is one mapping, however many worlds there are", () => {
    const matrix = worlds[0]!.matrix;
    const fixed = [1, 2, 3].map((seed) => ({ seed, kind: "file" as const, matrix }));
    expect(guessHits(guessOf(matrix), fixed)).toMatchObject({ hits: 4, of: 4, pValue: 1 / (24 * 16) });
  });
});
