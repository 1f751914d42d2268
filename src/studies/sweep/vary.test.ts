import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolNamed } from "../../catalog/pools.ts";
import { parseUserConfig, resolveConfig } from "../../core/config/load.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { worldSeeds } from "../../core/config/world-seeds.ts";
import { cellConfig } from "./cell-config.ts";
import { combinations, parseVariation, shownCell } from "./vary.ts";

describe("--vary", () => {
  it.each([
    ["historyLength=1,2,4", "historyLength", [1, 2, 4]],
    ["methods.routing.labels=margin,soft", "methods.routing.labels", ["margin", "soft"]],
    ["worlds=[1,2],[3]", "worlds", [[1, 2], [3]]],
    [
      'mapping={"kind":"gaussian"},{"kind":"signed-permutation"}',
      "mapping",
      [{ kind: "gaussian" }, { kind: "signed-permutation" }],
    ],
    [
      'pool=k2, "a,b" ,{"x":"}]","y":[1,{"z":"\\","}]}',
      "pool",
      ["k2", "a,b", { x: "}]", y: [1, { z: '",' }] }],
    ],
    ["users.voices=true,false", "users.voices", [true, false]],
    ["models.base=openai:a/b:c=d", "models.base", ["openai:a/b:c=d"]],
    ['methods.my own.labels=5" screen', "methods.my own.labels", ['5" screen']],
  ])("%s", (text, key, values) => {
    expect(parseVariation(text)).toEqual({ key, values });
  });

  it.each([
    ["historyLength", /varies nothing/],
    ["=1,2", /varies nothing/],
    ["a..b=1", /varies nothing/],
    ["historyLength=1,,2", /a value is empty/],
    ["historyLength=", /a value is empty/],
    ["worlds=[1,2", /not closed/],
    ['pool="a', /not closed/],
    ["worlds=[1 2]", /not valid JSON/],
    ["out=a,b", /a folder of its own/],
    ["budget.calls=1,2", /over the whole sweep/],
  ])("refuses %s", (text, message) => {
    expect(() => parseVariation(text)).toThrow(message);
  });

  it("reads any list of JSON values back", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 4 }), (values) => {
        const text = `some.key=${values.map((v) => JSON.stringify(v)).join(",")}`;
        const read = parseVariation(text).values;
        expect(JSON.stringify(read)).toBe(JSON.stringify(values));
      }),
    );
  });

  it("makes every combination, the last key fastest, and says each in words", () => {
    const cells = combinations([
      { key: "a", values: [1, 2] },
      { key: "b", values: ["x", { name: "n" }, [3]] },
    ]);
    expect(cells.map(shownCell)).toEqual([
      "a=1, b=x",
      "a=1, b=n",
      "a=1, b=[3]",
      "a=2, b=x",
      "a=2, b=n",
      "a=2, b=[3]",
    ]);
    expect(() =>
      combinations([
        { key: "a", values: [1] },
        { key: "a", values: [2] },
      ]),
    ).toThrow(/a is varied twice/);
  });
});

describe("the configuration of a cell", () => {
  const resolve = (user: UserConfig) =>
    resolveConfig(user, (pool) => (typeof pool === "string" ? poolNamed(pool) : pool));
  const cell = (user: UserConfig, values: Record<string, unknown>) =>
    resolve(parseUserConfig(cellConfig(user, resolve(user), values), "test"));

  it("is that of a person who had written the values", () => {
    const user: UserConfig = { users: { train: 7 }, seed: 3 };
    const varied = cell(user, { "users.test": 5, historyLength: 1, worlds: 2, pool: "k2" });
    expect(varied).toEqual(
      resolve({ users: { train: 7, test: 5 }, seed: 3, historyLength: 1, worlds: 2, pool: "k2" }),
    );
    // What follows from a key follows from its variation.
    expect(cell(user, { activeAttributes: 2 }).targets).toBe(2);
    expect(cell(user, { seed: 9, worlds: 2 }).worlds).toEqual(worldSeeds(9, 2));
  });

  it("keeps a model's other settings, written in short or long form", () => {
    const short = cell({}, { "models.judge.options.judgeNoise": 0, "models.judge.temperature": 1 }).models;
    expect(short.judge).toEqual({
      provider: "sim",
      model: "default",
      temperature: 1,
      options: { judgeNoise: 0 },
    });
    expect(short.base).toEqual({ provider: "sim", model: "default" });
    const long = { provider: "openai", model: "x", options: { a: 1 } } as const;
    const judge = cell({ models: { judge: long } }, { "models.judge.options.b": 2 }).models.judge;
    expect(judge).toEqual({ ...long, options: { a: 1, b: 2 } });
    const both = cell({}, { "models.judge": "openai:y", "models.judge.topP": 0.5 }).models.judge;
    expect(both).toEqual({ provider: "openai", model: "y", topP: 0.5 });
    expect(cell({ models: { base: "openai:z" } }, { "models.base": "openai:w" }).models.judge.model).toBe(
      "w",
    );
  });

  it("sets options of methods by name or id, whatever form they were written in", () => {
    const user: UserConfig = {
      methods: ["none", "routing", { id: "routing", name: "mine", labels: "soft" }],
    };
    const labels = (values: Record<string, unknown>) => cell(user, values).methods.map((m) => m.labels);
    expect(labels({ "methods.routing.labels": "two-sided" })).toEqual([undefined, "two-sided", "two-sided"]);
    expect(labels({ "methods.mine.labels": "margin" })).toEqual([undefined, undefined, "margin"]);
    expect(cell({}, { "methods.rag-exemplar.k": 5 }).methods.find((m) => m.id === "rag-exemplar")?.k).toBe(5);
    expect(() => cell(user, { "methods.rag-exemplar.k": 5 })).toThrow(/no method "rag-exemplar"/);
  });

  it("changes one list of a pool, which then is another pool", () => {
    const { pool } = cell({ pool: "k2" }, { "pool.principles": ["gentle", "casual"] });
    expect(pool).toEqual({ attributes: poolNamed("k2").attributes, principles: ["gentle", "casual"] });
  });

  it("leaves paths that lead nowhere to the check of every configuration", () => {
    expect(() => cell({}, { "users.tset": 5 })).toThrow(/users.tset: unknown key/);
    expect(() => cell({}, { "worlds.first": 5 })).toThrow(/worlds/);
    expect(() => cell({}, { "historyLength.x.y": 5 })).toThrow(/historyLength/);
  });
});
