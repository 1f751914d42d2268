import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { userFiles, users } from "../../../test/support/made-up-studies.ts";
import { expectLanguage } from "../../../test/support/study-expectations.ts";
import { analyseLanguage } from "./analyse.ts";
import { markedNgrams } from "./log-odds.ts";
import { ngramsOf } from "./ngrams.ts";
import { type SpeakingUser, usersFromJsonl } from "./users.ts";

const linesOf = (text: string) => text.split("\n").map((line, i) => ({ number: i + 1, text: line }));

describe("five made-up users", () => {
  const speaking = usersFromJsonl(linesOf(userFiles["users.jsonl"] as string), "users.jsonl");
  const { attributes, skipped } = analyseLanguage(speaking);
  const of = (name: string) => attributes.find(({ attribute }) => attribute === name)!;
  const first = (name: string) =>
    of(name)
      .ngrams.slice(0, 10)
      .map(({ ngram }) => ngram);

  test.each(["enthusiastic", "unpolished"] as const)("z-scores of %s agree with NumPy", (name) => {
    expectLanguage(of(name), users[name]);
  });

  test("what a manner adds marks it", () => {
    expect(first("enthusiastic")[0]).toBe("!");
    expect(first("enthusiastic")).toEqual(expect.arrayContaining(["wow", "thrilled"]));
    expect(first("unpolished")).toEqual(expect.arrayContaining(["can you", "just say it"]));
    expect(of("unpolished").ngrams.at(-1)!.ngram).toBe("could you");
  });

  test("an attribute with one side in the data is set against other users, and it says so", () => {
    expect(of("unpolished")).toMatchObject({ contrast: "sides", plus: { users: 1 }, minus: { users: 1 } });
    expect(of("enthusiastic")).toMatchObject({
      contrast: "shown against others",
      plus: { users: 2, conversations: 16 },
      minus: { users: 3, conversations: 24 },
    });
    expect(skipped).toEqual([]);
  });

  test("an attribute that all share on one side is skipped with its reason; one that nobody has is an error", () => {
    const enthusiastic = speaking.filter((user) => user.attributes.has("enthusiastic"));
    expect(analyseLanguage(enthusiastic).skipped[0]).toMatchObject({ attribute: "enthusiastic" });
    expect(() => analyseLanguage(speaking, ["enthusiastick"])).toThrow(/no user has/);
    expect(analyseLanguage(speaking, ["verbose"]).attributes.map(({ attribute }) => attribute)).toEqual([
      "verbose",
    ]);
  });
});

describe("markedNgrams", () => {
  const word = fc.constantFrom("warm", "cold", "well", "!", "so", "it");
  const conversation = fc.array(
    fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(" ")),
    {
      minLength: 1,
      maxLength: 4,
    },
  );

  test("swapping the sides turns every sign, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(conversation, { minLength: 2, maxLength: 12 }), (texts) => {
        const sided = texts.map((own, i) => ({
          side: i % 2 === 0 ? (1 as const) : (-1 as const),
          texts: own,
        }));
        const swapped = sided.map(({ side, texts }) => ({ side: -side as 1 | -1, texts }));
        const settings = { minConversations: 1 };
        const there = new Map(markedNgrams(sided, settings).map(({ ngram, z }) => [ngram, z]));
        const back = new Map(markedNgrams(swapped, settings).map(({ ngram, z }) => [ngram, z]));
        expect(back.size).toBe(there.size);
        for (const [ngram, z] of there) expect(back.get(ngram)).toBeCloseTo(-z, 10);
      }),
    );
  });

  test("counts and conversations are told apart, and rare n-grams are left out", () => {
    const texts = [
      { side: 1 as const, texts: ["great great fun", "great"] },
      { side: -1 as const, texts: ["great bore"] },
    ];
    const [great, ...rest] = markedNgrams(texts, { minConversations: 2, maxN: 1 });
    expect(rest).toEqual([]);
    expect(great).toMatchObject({
      ngram: "great",
      counts: [3, 1],
      conversations: [1, 1],
      perThousand: [750, 500],
    });
  });

  test("a side without text is an error", () => {
    expect(() => markedNgrams([{ side: 1, texts: ["only one"] }])).toThrow(/no text/);
  });
});

test("n-grams: words run until a sign, typographic forms are plain, signs stand alone", () => {
  const [one, two, three] = ngramsOf("Don’t stop — I said “well‑known”… wow!! 😀 E = 3.5", 3);
  expect(Object.fromEntries(one!)).toEqual({
    "don't": 1,
    stop: 1,
    "—": 1,
    i: 1,
    said: 1,
    '"': 2,
    "well-known": 1,
    "…": 1,
    wow: 1,
    "!": 2,
    "😀": 1,
    e: 1,
    "=": 1,
    "3": 1,
    ".": 1,
    "5": 1,
  });
  expect([...two!.keys()]).toEqual(["don't stop", "i said"]);
  expect(three!.size).toBe(0);
  expect([...ngramsOf("a b a b a", 3)[2]!]).toEqual([
    ["a b a", 2],
    ["b a b", 1],
  ]);
  expect([...ngramsOf("हिन्दी पाठ", 1)[0]!.keys()]).toEqual(["हिन्दी", "पाठ"]);
});

describe("usersFromJsonl", () => {
  const sides = [{ attribute: "calm", side: "avoid" }];

  test("the users of a run and imported users are read too", () => {
    const run = { user: "u1", attributes: sides, history: ["a", "b"], prompt: "c", baseline: null };
    const imported = { user: "u2", attributes: sides, prompts: ["d"] };
    const users: SpeakingUser[] = usersFromJsonl(
      linesOf([run, imported].map((u) => JSON.stringify(u)).join("\n")),
      "f",
    );
    expect(users[0]).toEqual({
      id: "u1",
      attributes: new Map([["calm", -1]]),
      conversations: [["a"], ["b"], ["c"]],
    });
    expect(users[1]).toMatchObject({ id: "u2", conversations: [["d"]] });
  });

  test.each([
    ["another form", '{"user": "u1"}', /expected form/],
    ["not JSON", "user", /not valid JSON/],
    ["nothing", "", /no user/],
  ])("%s is an error", (_, text, message) =>
    expect(() => usersFromJsonl(linesOf(text), "f.jsonl")).toThrow(message),
  );
});
