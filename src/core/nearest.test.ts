import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, nearest } from "./nearest.ts";

const KEYS = ["historyLength", "activeAttributes", "users", "mapping", "models", "judge", "seed", "out"];

describe("the nearest known word", () => {
  it.each([
    ["historyLenght", "historyLength"],
    ["historylength", "historyLength"],
    ["user", "users"],
    ["modles", "models"],
    ["hist", "historyLength"],
    [" seed ", "seed"],
  ])("for %s is %s", (word, expected) => {
    expect(nearest(word, KEYS)).toBe(expected);
  });

  it.each(["temperature", "x", "mo", ""])("for %j is none", (word) => {
    expect(nearest(word, KEYS)).toBeUndefined();
    expect(didYouMean(word, KEYS)).toBe("");
  });

  it("is the word itself, where it is known", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (known) => {
        const word = known[0] as string;
        expect(nearest(word, known)).toBe(word);
      }),
    );
  });

  it("ends a message", () => {
    expect(didYouMean("sede", KEYS)).toBe('; did you mean "seed"?');
  });
});
