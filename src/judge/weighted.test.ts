import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TokenLogprob } from "../core/ports/language-model.ts";
import { fold, rngOf, rootKey } from "../core/random.ts";
import examples from "./reply/examples.json" with { type: "json" };
import { weightedScore } from "./weighted.ts";

type Chance = [token: string, p: number];

/** A token with its alternatives as probabilities; the first is the one that was generated. */
function token(...top: Chance[]): TokenLogprob {
  const list = top.map(([text, p]) => ({ token: text, logprob: Math.log(p) }));
  return { token: list[0]!.token, logprob: list[0]!.logprob, top: list };
}
const certain = (...texts: string[]): TokenLogprob[] => texts.map((text) => token([text, 1]));
/** 1..10 for a number on 1..100. */
const onTen = (raw: number): number => 1 + (raw - 1) / 11;

describe("the weighted score", () => {
  it("weighs scores by probability and normalises over scores", () => {
    expect(weightedScore([token(["7", 0.5], ["8", 0.3], ["The", 0.2])], 10)).toBeCloseTo(
      (7 * 0.5 + 8 * 0.3) / 0.8,
      12,
    );
  });

  it('takes "10" as one token, and "1" beside it for itself', () => {
    expect(weightedScore([token(["10", 0.6], ["9", 0.4])], 10)).toBeCloseTo(9.6, 12);
    expect(weightedScore([token(["9", 0.5], ["10", 0.3], ["1", 0.2])], 10)).toBeCloseTo(7.7, 12);
  });

  it('takes "10" as "1" and "0", and splits the mass of "1"', () => {
    const tokens = [token(["1", 0.9], ["2", 0.1]), token(["0", 0.7], ["<end>", 0.3])];
    expect(weightedScore(tokens, 10)).toBeCloseTo(10 * 0.63 + 1 * 0.27 + 2 * 0.1, 12);
    const one = [token(["1", 0.9], ["2", 0.1]), token([".", 0.8], ["0", 0.2])];
    expect(weightedScore(one, 10)).toBeCloseTo(1 * 0.72 + 10 * 0.18 + 2 * 0.1, 12);
  });

  it('leaves out a "1" off the path where digits alone are tokens: it may be the beginning of "10"', () => {
    const digits = Array.from({ length: 8 }, (_, i): Chance => [String(i + 2), 0.05]);
    const tokens = [token(["9", 0.5], ...digits.filter(([d]) => d !== "9"), ["1", 0.1])];
    const others = [2, 3, 4, 5, 6, 7, 8];
    const total = 0.5 + 0.05 * others.length;
    expect(weightedScore(tokens, 10)).toBeCloseTo(
      (9 * 0.5 + 0.05 * others.reduce((sum, one) => sum + one, 0)) / total,
      12,
    );
  });

  it("follows digits on 1-100, also off the path", () => {
    const sure = [token(["5", 1]), token(["5", 0.5], ["0", 0.5])];
    expect(weightedScore(sure, 100)).toBeCloseTo((onTen(55) + onTen(50)) / 2, 9);
    const unsure = [token(["5", 0.6], ["7", 0.4]), token(["5", 0.5], ["0", 0.5])];
    expect(weightedScore(unsure, 100)).toBeCloseTo(
      0.6 * ((onTen(55) + onTen(50)) / 2) + 0.4 * ((onTen(75) + onTen(70)) / 2),
      9,
    );
    const hundred = [token(["1", 1]), token(["0", 1]), token(["0", 0.5], ["<end>", 0.5])];
    expect(weightedScore(hundred, 100)).toBeCloseTo((10 + onTen(10)) / 2, 9);
    expect(weightedScore([token(["85", 0.5], ["7", 0.5])], 100)).toBeCloseTo((onTen(85) + onTen(7)) / 2, 9);
  });

  it("is near the judge's own expectation for any distribution on 1-100 that is written in digits", () => {
    const rng = rngOf(fold(rootKey("test"), "digits"));
    let worst = 0;
    for (let round = 0; round < 200; round++) {
      const centre = 10 + 85 * rng.uniform();
      const chances = Array.from({ length: 100 }, (_, i) => Math.exp(-0.5 * ((i + 1 - centre) / 6) ** 2));
      const sum = chances.reduce((a, b) => a + b, 0);
      const p = chances.map((one) => one / sum);
      const written = String(Math.round(centre));
      const steps = [...written].map((digit, place) => {
        const next = new Map<string, number>();
        let mass = 0;
        p.forEach((chance, i) => {
          const score = String(i + 1);
          if (!score.startsWith(written.slice(0, place))) return;
          const piece = score[place] ?? "<end>";
          next.set(piece, (next.get(piece) ?? 0) + chance);
          mass += chance;
        });
        const rest = [...next].filter(([piece]) => piece !== digit);
        return token(
          ...[[digit, next.get(digit)!] as Chance, ...rest].map(([t, c]): Chance => [t, c / mass]),
        );
      });
      const truth = onTen(p.reduce((mean, chance, i) => mean + chance * (i + 1), 0));
      worst = Math.max(worst, Math.abs(weightedScore(steps, 100)! - truth));
    }
    expect(worst).toBeLessThan(0.3);
  });

  it.each([
    [
      "the scale first",
      ["On", " a", " scale", " of", " ", "1", " to", " ", "10", ",", " I", " rate", " it", " ", "9", "."],
      9,
    ],
    ["a label with the scale", ["Rating", " (", "1", "-", "10", "):", " ", "4"], 4],
    ["a count first", ["It", " has", " ", "3", " blunt", " words", ".", "\n\n", "Score", ":", " ", "6"], 6],
    ["data", ['{"', "words", '":', " ", "2", ",", ' "', "score", '":', " ", "8", "}"], 8],
    ["no score", ["7", " or", " ", "8"], null],
    ["a negative number", ["-", "3"], null],
    ["a number off the scale", ["8", "5"], null],
    ["another scale", ["4", "/", "5"], null],
    ["a decimal", ["8", ".", "5"], 8.5],
    ["a word", ["se", "ven"], 7],
    ["digits of another script", ["７"], 7],
  ])("is that of the number which the text gives: %s", (_, texts, score) => {
    expect(weightedScore(certain(...texts), 10)).toBe(score);
  });

  it("weighs the token of that number, white space and marks around it aside", () => {
    const tokens = [
      ...certain("There", " are", " 2", " words", ".", "\n"),
      token(["**9", 0.6], ["**8", 0.3], ["\n7", 0.1]),
    ];
    expect(weightedScore([...tokens, ...certain("**")], 10)).toBeCloseTo(0.6 * 9 + 0.3 * 8 + 0.1 * 7, 12);
    expect(weightedScore([token(["seven", 0.5], ["eight", 0.5])], 10)).toBeCloseTo(7.5, 12);
  });

  it("takes null, NaN and impossible log-probabilities for no probability", () => {
    const broken = (logprob: unknown, ...others: unknown[]): TokenLogprob =>
      ({
        token: "7",
        logprob,
        top: others.map((other, i) => ({ token: String(i + 1), logprob: other })),
      }) as TokenLogprob;
    expect(weightedScore([broken(-0.1, null, undefined, Number.NaN, "0", 5)], 10)).toBeCloseTo(7, 12);
    expect(weightedScore([broken(null, -0.5)], 10)).toBeNull();
    expect(weightedScore([{ ...broken(null), top: [{ token: "7", logprob: -0.3 }] }], 10)).toBeCloseTo(7, 12);
  });

  it("counts a cut reply only when it is the number alone", () => {
    expect(weightedScore(certain("7"), 10, { isCut: true })).toBe(7);
    expect(weightedScore(certain("7", " be"), 10, { isCut: true })).toBeNull();
    expect(weightedScore(certain("</think>", "7"), 10, { text: "7", isCut: true })).toBe(7);
    expect(weightedScore([], 10)).toBeNull();
  });

  it("lies between the scores that have a probability", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 10 }), { minLength: 1 }),
        fc.array(fc.double({ min: -12, max: -0.01, noNaN: true }), { minLength: 10, maxLength: 10 }),
        (scores, logprobs) => {
          const top = scores.map((score, i) => ({ token: String(score), logprob: logprobs[i]! }));
          const score = weightedScore([{ ...top[0]!, top }], 10)!;
          expect(score).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-9);
          expect(score).toBeLessThanOrEqual(Math.max(...scores) + 1e-9);
        },
      ),
    );
  });

  it("is the written score of every reply whose tokens are certain, however it is cut into tokens", () => {
    const rng = rngOf(fold(rootKey("test"), "cuts"));
    const cut = (text: string): TokenLogprob[] => {
      const pieces: string[] = [];
      for (const character of text) {
        if (pieces.length === 0 || rng.uniform() < 0.6) pieces.push(character);
        else pieces[pieces.length - 1] += character;
      }
      return certain(...pieces);
    };
    for (const [text, score] of examples.read as [string, number][]) {
      expect(weightedScore(cut(text), 10), text).toBeCloseTo(score, 9);
    }
    for (const text of examples.unread) expect(weightedScore(cut(text), 10), text).toBeNull();
  });
});
