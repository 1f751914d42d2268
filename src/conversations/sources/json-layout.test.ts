import { describe, expect, it } from "vitest";
import { recordsIn } from "./json-layout.ts";

const kind = {
  reads: (value: unknown) =>
    typeof value === "object" && value !== null && typeof (value as { q?: unknown }).q === "string",
  isTextList: () => false,
};
const read = (value: unknown) => {
  const layout = recordsIn(value, kind);
  return "problem" in layout ? layout.problem : layout.records.map((record, i) => [record, layout.place(i)]);
};

describe("layouts of a JSON file", () => {
  const [a, b] = [
    { q: "a", n: 1 },
    { q: "b", n: 2 },
  ];
  it.each<[string, unknown]>([
    ["a list", [a, b]],
    ["a list under a key, behind others", { tags: ["x", "y", "z"], info: [{ id: 1 }], data: [a, b] }],
    ["a list two keys deep", { result: { version: 1, items: [a, b] } }],
    ["pandas: records", [a, b]],
    [
      "pandas: split",
      {
        columns: ["q", "n"],
        index: [0, 1],
        data: [
          ["a", 1],
          ["b", 2],
        ],
      },
    ],
    ["pandas: columns", { q: { "0": "a", "1": "b" }, n: { "0": 1, "1": 2 } }],
    ["pandas: index", { "0": a, "1": b }],
    ["pandas: table", { schema: { fields: [{ name: "q" }] }, data: [a, b] }],
    ["columns as lists", { q: ["a", "b"], n: [1, 2] }],
  ])("%s", (_, value) => {
    const found = read(value);
    expect(Array.isArray(found) && found.map(([record]) => record)).toEqual([a, b]);
  });

  it("tell the place of a record", () => {
    expect(read([a, b])).toEqual([
      [a, "record 1"],
      [b, "record 2"],
    ]);
    expect(read({ data: [a] })).toEqual([[a, "data, record 1"]]);
    expect(read({ x: { data: [a] }, y: 1 })).toEqual([[a, "x, data, record 1"]]);
    expect(read({ k: a })).toEqual([[a, 'record "k"']]);
  });

  it.each<[string, unknown, RegExp]>([
    ["several lists", { train: [a], test: [b] }, /several lists of records: "train", "test"/],
    [
      "lists of something else",
      { tags: ["x"], ids: [1, 2] },
      /a list of 1 under "tags", of which the first is the text "x"; a list of 2 under "ids"/,
    ],
    ["an object of something else", { a: 1, b: { c: 2 } }, /an object with a, b$/],
    ["a text", "hello", /it holds the text "hello"/],
    ["nothing", null, /it holds nothing/],
  ])("say what is there: %s", (_, value, problem) => {
    expect(read(value)).toMatch(problem);
  });
});
