import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GenerateResult, LanguageModel, TokenLogprob } from "../core/ports/language-model.ts";
import { createJudge } from "./judge.ts";
import { weighed } from "./weighted.ts";

/** What a model would have written, number or word, by probability; words end in a stop. */
type Chances = ReadonlyMap<string, number>;

const END = "";

/** The tokens of a number that a grammar let stand, with their alternatives as they were before the grammar. */
function tokensOf(number: string, chances: Chances, top = 20): TokenLogprob[] {
  const tokens: TokenLogprob[] = [];
  for (let at = 0; at <= number.length; at++) {
    const written = number.slice(0, at);
    const next = new Map<string, number>();
    for (const [text, p] of chances) {
      if (!text.startsWith(written)) continue;
      const piece = /^\d+$/.test(text) ? (text[at] ?? END) : text.slice(at);
      next.set(piece, (next.get(piece) ?? 0) + p);
    }
    const all = [...next.values()].reduce((sum, p) => sum + p, 0);
    const logprob = (piece: string): number => Math.log((next.get(piece) ?? 0) / all);
    const token = number[at] ?? END;
    const best = [...next.keys()].sort((a, b) => next.get(b)! - next.get(a)!).slice(0, top);
    tokens.push({
      token,
      logprob: logprob(token),
      top: best.map((t) => ({ token: t, logprob: logprob(t) })),
    });
  }
  return tokens;
}

const shares = (size: number) =>
  fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: size, maxLength: size });

describe("a held judge's number, weighed", () => {
  it("on 1-10, written 10: the mean of the numbers by probability, 10 as its two tokens multiplied", () => {
    fc.assert(
      fc.property(shares(11), fc.double({ min: 0, max: 5, noNaN: true }), (parts, words) => {
        const total = parts.reduce((sum, p) => sum + p, 0) + words;
        const chances = new Map(parts.slice(0, 10).map((p, i) => [String(i + 1), p / total]));
        chances.set("The", (parts[10]! + words) / total);
        const found = weighed(tokensOf("10", chances), 10)!;
        const mass = [...chances].reduce((sum, [text, p]) => (text === "The" ? sum : sum + p), 0);
        const mean = [...chances].reduce(
          (sum, [text, p]) => (text === "The" ? sum : sum + Number(text) * p),
          0,
        );
        expect(found.mass).toBeCloseTo(mass, 9);
        expect(found.score).toBeCloseTo(mean / mass, 9);
        expect(found.written).toBe(10);
      }),
    );
  });

  it("on 1-10, written 1: the token that ends it tells how much of the 1 would have been a 10", () => {
    const chances = new Map([
      ["1", 0.3],
      ["10", 0.2],
      ["4", 0.4],
      ["Well", 0.1],
    ]);
    const found = weighed(tokensOf("1", chances), 10)!;
    expect(found.mass).toBeCloseTo(0.9, 9);
    expect(found.score).toBeCloseTo((0.3 * 1 + 0.2 * 10 + 0.4 * 4) / 0.9, 9);
    expect(found.written).toBe(1);
  });

  it("on 1-100, any number of two digits: all that begin with its first digit are told apart", () => {
    fc.assert(
      fc.property(
        shares(11),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        (parts, tens, ones) => {
          const total = parts.reduce((sum, p) => sum + p, 0);
          const chances = new Map(parts.slice(0, 10).map((p, i) => [String(10 * tens + i), p / total]));
          chances.set(String(tens), parts[10]! / total);
          const found = weighed(tokensOf(String(10 * tens + ones), chances), 100)!;
          const mean = [...chances].reduce((sum, [text, p]) => sum + Number(text) * p, 0);
          expect(found.mass).toBeCloseTo(1, 9);
          expect(found.score).toBeCloseTo(1 + ((mean - 1) * 9) / 99, 9);
        },
      ),
    );
  });

  it("never leaves the scale, and finds no more than all of the probability", () => {
    const numerals = fc.constantFrom(...Array.from({ length: 100 }, (_, i) => String(i + 1)));
    fc.assert(
      fc.property(
        fc.uniqueArray(numerals, { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.double({ min: 1e-6, max: 1, noNaN: true })),
        fc.integer({ min: 1, max: 20 }),
        (numbers, stream, top) => {
          const parts = numbers.map(() => stream.next().value as number);
          const total = 1.5 * parts.reduce((sum, p) => sum + p, 0);
          const chances = new Map(numbers.map((n, i) => [n, parts[i]! / total]));
          chances.set("The", 1 / 3);
          const found = weighed(tokensOf(numbers[0]!, chances, top), 100);
          if (found === null) return;
          expect(found.score).toBeGreaterThanOrEqual(1);
          expect(found.score).toBeLessThanOrEqual(10);
          expect(found.mass).toBeGreaterThan(0);
          expect(found.mass).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    );
  });

  it("stands in the object of a JSON schema as well", () => {
    const sure = (token: string): TokenLogprob => ({ token, logprob: 0, top: [{ token, logprob: 0 }] });
    const [seven] = tokensOf(
      "7",
      new Map([
        ["7", 0.6],
        ["8", 0.3],
        ["no", 0.1],
      ]),
    );
    const found = weighed([sure('{"'), sure("score"), sure('":'), seven!, sure("}")], 10)!;
    expect(found).toMatchObject({
      mass: expect.closeTo(0.9, 9),
      score: expect.closeTo((0.6 * 7 + 0.3 * 8) / 0.9, 9),
    });
  });
});

/** A judge that is held by a grammar, or not at all. */
function judge(chances: Chances, number: string, form: "grammar" | "none" | undefined) {
  const found: [number, boolean][] = [];
  const reply: GenerateResult = {
    text: number,
    finishReason: "stop",
    usage: { inputTokens: 1, outputTokens: 1 },
    logprobs: tokensOf(number, chances),
  };
  const model: LanguageModel = {
    id: "test:judge",
    identity: "test",
    simulated: false,
    heldBy: () => form,
    generate: async () => reply,
  };
  const gauge = {
    usable() {},
    nothing() {},
    weighed: (mass: number, isPlain: boolean) => void found.push([mass, isPlain]),
  };
  const settings = { scale: 10, retries: 1, weighted: true, constrain: "auto" } as const;
  return { rate: () => createJudge(model, settings, gauge).rate("A text.", "gentle", null), found };
}

describe("a weighted judge that is held", () => {
  const little = new Map([
    ["2", 0.1],
    ["9", 0.1],
    ["The", 0.8],
  ]);
  const much = new Map([
    ["2", 0.3],
    ["9", 0.3],
    ["The", 0.4],
  ]);

  it("is taken as written where its numbers had less than half of the probability, and that is told", async () => {
    const { rate, found } = judge(little, "9", "grammar");
    expect(await rate()).toBe(9);
    expect(found).toEqual([[expect.closeTo(0.2, 9), true]]);
  });

  it("is weighed where they had more", async () => {
    const { rate, found } = judge(much, "9", "grammar");
    expect(await rate()).toBeCloseTo(5.5, 9);
    expect(found).toEqual([[expect.closeTo(0.6, 9), false]]);
  });

  it.each(["none", undefined] as const)("one that is not held (%s) is weighed as ever", async (form) => {
    const { rate, found } = judge(little, "9", form);
    expect(await rate()).toBeCloseTo(5.5, 9);
    expect(found).toEqual([]);
  });
});
