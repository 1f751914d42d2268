import { describe, expect, test } from "vitest";
import { scoresFromJsonl } from "./scores.ts";
import { onScale } from "./tenths.ts";

/** A judge of one pair, with its two sides. */
function judgeOf(...scores: (readonly [number, number])[]) {
  const lines = scores.map((both, i) => ({
    number: i + 1,
    text: JSON.stringify({ pair: ["warm", "cold"], conversation: i, scores: both }),
  }));
  return scoresFromJsonl(lines, "judge.jsonl")[0]!;
}

const sidesOf = (judge: ReturnType<typeof judgeOf>): number[] =>
  judge.pairs.flatMap(({ positive, negative }) => [...positive, ...negative]);

describe("answers on 1 to 100 divided by ten", () => {
  test("are stretched onto 1 to 10, once", () => {
    const found = onScale(judgeOf([10, 0.1], [5.6, 4.5]));
    expect(found.rescaled).toBe(true);
    [10, 6, 1, 5].forEach((score, i) => {
      expect(sidesOf(found)[i]).toBeCloseTo(score, 12);
    });
    expect(onScale(found)).toBe(found);
  });

  test("are also told by their file, with parts of tenths and none below 1", () => {
    const line = { pair: ["warm", "cold"], conversation: 1, scores: [10, 3.25], mapping: "tenth" };
    const [found] = scoresFromJsonl([{ number: 1, text: JSON.stringify(line) }], "judge.jsonl");
    expect(found!.rescaled).toBe(true);
    expect(sidesOf(found!)).toEqual([10, 1 + 31.5 / 11]);
    expect(onScale(found!)).toBe(found);
  });

  test("are told by a score below 1 and by tenths: other judges stay as they are", () => {
    for (const judge of [
      judgeOf([10, 1], [5.6, 4.5]),
      judgeOf([10, 0.1], [5.65, 4.5]),
      judgeOf([10, 0.04]),
    ]) {
      expect(onScale(judge)).toBe(judge);
    }
  });
});
