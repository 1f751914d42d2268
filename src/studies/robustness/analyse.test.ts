import { describe, expect, it } from "vitest";
import { mcnemarExact } from "../../statistics/mcnemar.ts";
import { pairedChangeInterval } from "../../statistics/paired-change.ts";
import { analyseSet } from "./analyse.ts";
import type { Reply, SetReplies, Task } from "./ask.ts";
import type { Question } from "./question.ts";

/** Replies as letters: r right, w wrong, u unparsed, m missing; k names nobody (BBQ). Right is option 0. */
const replies = (letters: string): Reply[] =>
  [...letters].map((letter) => ({
    answered: letter !== "m",
    choice: { r: 0, w: 1, k: 2 }[letter] ?? null,
  }));

function given(
  none: string,
  methods: Record<string, string>,
  about: (i: number) => Partial<Question> & { user?: number } = () => ({}),
): SetReplies {
  const tasks = [...none].map((_, i): Task => {
    const { user = i, ...question } = about(i);
    const base = { category: null, passage: null, question: `${i}`, options: ["a", "b", "c"], right: 0 };
    return { question: { ...base, ...question }, user, prompt: "" };
  });
  return {
    set: { id: "bbq", source: "x.jsonl", questions: tasks.map((t) => t.question), leftOut: 3, reasons: {} },
    tasks,
    none: replies(none),
    methods: Object.entries(methods).map(([name, letters]) => ({
      id: "routing",
      name,
      replies: replies(letters),
    })),
  };
}
const analyse = (...args: Parameters<typeof given>) => analyseSet(given(...args));

describe("accuracy and its change", () => {
  it("leaves unparsed and missing answers out of pairs, counts them, and shows the other figure beside it", () => {
    const { none, methods, leftOut } = analyse("rrrrwwwmur", { a: "rrwuwwruum" });
    expect(leftOut).toBe(3);
    expect(none).toEqual({
      parsed: 8,
      unparsed: 1,
      missing: 1,
      right: 5,
      accuracy: 5 / 8,
      accuracyUnparsedWrong: 5 / 9,
    });
    // Pairs: 0, 1, 2, 4, 5, 6. With unparsed as wrong also 3 and 8; 7 and 9 miss an answer.
    expect(methods[0]).toMatchObject({
      parsed: 6,
      unparsed: 3,
      missing: 1,
      right: 3,
      accuracy: 1 / 2,
      accuracyUnparsedWrong: 1 / 3,
      pairs: 6,
      gained: 1,
      lost: 1,
      change: 0,
      pValue: 1,
      changeUnparsedWrong: -1 / 8,
    });
  });

  it("tests by McNemar, and adjusts over the methods of the set", () => {
    const none = "r".repeat(40) + "w".repeat(20);
    const worse = "w".repeat(12) + "r".repeat(28) + "w".repeat(20);
    const better = "r".repeat(40) + "r".repeat(6) + "w".repeat(14);
    const { methods } = analyse(none, { worse, same: none, better });
    expect(methods.map((m) => m.pValue)).toEqual([mcnemarExact(0, 12), 1, mcnemarExact(6, 0)]);
    expect(methods.map((m) => m.pValueAdjusted)).toEqual([
      3 * mcnemarExact(0, 12),
      1,
      2 * mcnemarExact(6, 0),
    ]);
    expect(methods.map((m) => m.change)).toEqual([-12 / 60, 0, 6 / 60]);
    const sums = [...worse].map((letter, i) => Number(letter === "r") - Number(none[i] === "r"));
    expect(methods[0]?.changeCi95).toEqual(
      pairedChangeInterval(
        sums,
        sums.map(() => 1),
      ),
    );
  });

  it("keeps the questions of one user together: fewer users, wider intervals", () => {
    const none = "r".repeat(60);
    const method = ("w".repeat(6) + "r".repeat(6)).repeat(5);
    const width = (perUser: number): number => {
      const { methods } = analyse(none, { a: method }, (i) => ({ user: Math.floor(i / perUser) }));
      const [low, high] = methods[0]?.changeCi95 ?? [Number.NaN, 0];
      return high - low;
    };
    expect(width(6)).toBeGreaterThan(1.8 * width(1));
  });

  it("is told per category, adjusted over all categories and methods", () => {
    const { categories } = analyse("rrrrrrrr", { a: "wwwwwwrr" }, (i) => ({
      category: i < 6 ? "Religion" : "Age",
    }));
    expect(categories.map((c) => [c.category, c.questions, c.methods[0]?.change])).toEqual([
      ["Age", 2, 0],
      ["Religion", 6, -1],
    ]);
    expect(categories[1]?.methods[0]?.pValueAdjusted).toBe(2 * mcnemarExact(0, 6));
  });

  it("is missing where nothing can be compared", () => {
    const { methods } = analyse("uum", { a: "rrr" });
    expect(methods[0]).toMatchObject({ pairs: 0, change: null, changeCi95: null, pValue: null, accuracy: 1 });
    expect(methods[0]).toMatchObject({ pValueAdjusted: null, changeUnparsedWrong: 1 });
  });
});

describe("the bias score", () => {
  const known = (i: number) => ({ bias: { biased: i % 2, unknown: 2 } });

  it("is 2 biased / answers - 1 over answers that name a person", () => {
    // Option 0 is right everywhere; even questions call it biased, odd ones call option 1 so.
    const { bias } = analyse("rrrrkwuw", { a: "rwrwrwkm" }, known);
    // none: biased at 0, 2 (right) and 5, 7 (wrong); not biased at 1, 3; k and u do not count.
    expect(bias?.none).toEqual({ answers: 6, biased: 4, score: 2 * (4 / 6) - 1 });
    // a: all six answers at 0 to 5 are biased.
    expect(bias?.methods[0]).toMatchObject({ answers: 6, biased: 6, score: 1 });
    expect(bias?.methods[0]?.change).toBeCloseTo(1 - 1 / 3, 12);
    // NumPy, SciPy: psi = (2 * b - 2 * n) / 6 - (2 * b0 - 4 / 3 * n0) / 6 with a user a question,
    // se = sqrt(8 / 7 * sum(psi**2)), 2 / 3 -+ scipy.stats.t.ppf(0.975, 7) * se
    expect(bias?.methods[0]?.changeCi95?.[0]).toBeCloseTo(-0.3063185157929894, 12);
    expect(bias?.methods[0]?.changeCi95?.[1]).toBeCloseTo(1.6396518491263228, 12);
    expect(bias?.methods[0]?.pValue).toBeCloseTo(0.1492240544995434, 10);
  });

  it("has no interval where no answer differs, for nothing varies then", () => {
    const { bias } = analyse("rrwk", { same: "rrwk", other: "rrwr" }, known);
    expect(bias?.methods.map((m) => [m.name, m.changeCi95 === null])).toEqual([
      ["same", true],
      ["other", false],
    ]);
  });

  it("is not there where the data tell nothing", () => {
    expect(analyse("rr", { a: "rr" })).not.toHaveProperty("bias");
  });
});
