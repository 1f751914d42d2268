import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectLanguage } from "../../../test/support/study-expectations.ts";
import { analyseLanguage } from "./analyse.ts";
import reference from "./language.reference.json" with { type: "json" };
import { usersFromJsonl } from "./users.ts";

const file = "../shared/reference-data/rewritten-users.jsonl";
const linesOf = (text: string) => text.split("\n").map((line, i) => ({ number: i + 1, text: line }));

describe("the ten real users", () => {
  const users = usersFromJsonl(linesOf(readFileSync(file, "utf8")), file);
  const { attributes, skipped } = analyseLanguage(users);
  const of = (name: string) => attributes.find(({ attribute }) => attribute === name)!;

  test.each(["enthusiastic", "unpolished"] as const)("z-scores of %s agree with NumPy", (name) => {
    expectLanguage(of(name), reference[name]);
  });

  test("exclamations mark the enthusiastic, thorough words the verbose, and casual ones the unpolished", () => {
    const first = (name: string) =>
      of(name)
        .ngrams.slice(0, 25)
        .map(({ ngram }) => ngram);
    expect(first("enthusiastic")[0]).toBe("!");
    expect(first("enthusiastic")).toEqual(expect.arrayContaining(["wow", "excited", "thrilled"]));
    expect(first("verbose")).toEqual(expect.arrayContaining(["comprehensive", "detailed", "i would"]));
    expect(first("unpolished")).toEqual(expect.arrayContaining(["can you", "hey", "stuff"]));
    expect(
      of("unpolished")
        .ngrams.slice(-25)
        .map(({ ngram }) => ngram),
    ).toEqual(expect.arrayContaining(["could you"]));
  });

  test("an attribute with one side in the data is set against other users, and it says so", () => {
    expect(of("unpolished")).toMatchObject({ contrast: "sides", plus: { users: 1 }, minus: { users: 1 } });
    expect(of("enthusiastic")).toMatchObject({
      contrast: "shown against others",
      plus: { users: 3, conversations: 60 },
      minus: { users: 7, conversations: 140 },
    });
    expect(of("prescriptive").contrast).toBe("opposite against others");
    expect(skipped).toEqual([]);
  });

  test("an attribute that all share on one side is skipped with its reason; one that nobody has is an error", () => {
    const enthusiastic = users.filter((user) => user.attributes.has("enthusiastic"));
    expect(analyseLanguage(enthusiastic).skipped[0]).toMatchObject({ attribute: "enthusiastic" });
    expect(() => analyseLanguage(users, ["enthusiastick"])).toThrow(/no user has/);
    expect(analyseLanguage(users, ["verbose"]).attributes.map(({ attribute }) => attribute)).toEqual([
      "verbose",
    ]);
  });
});
