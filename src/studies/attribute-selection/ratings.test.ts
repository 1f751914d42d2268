import { describe, expect, test } from "vitest";
import { npyBytes, npzBytes } from "../../../test/support/numpy-files.ts";
import { UsageError } from "../../core/errors.ts";
import { parseNames, pickNames } from "./names.ts";
import { poolWith } from "./pool.ts";
import { nameRatings, ratingsFromCsv, ratingsFromJsonl, ratingsFromNpy, ratingsFromNpz } from "./ratings.ts";

const lines = (...texts: string[]) => texts.map((text, i) => ({ number: i + 1, text }));
const csv = (...texts: string[]) => ratingsFromCsv(texts.join("\n"), "r.csv", (columns) => columns);
const jsonl = (...records: unknown[]) =>
  ratingsFromJsonl(lines(...records.map((r) => JSON.stringify(r))), "r.jsonl");

function usageError(run: () => unknown): UsageError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return error as UsageError;
  }
  throw new Error("nothing was thrown");
}

describe("NumPy ratings", () => {
  const matrix = npyBytes([2, 3], [1, 2, 3, 4, 5, 6]);

  test("a matrix, and an archive with one member or one called ratings", () => {
    const wanted = { columns: 3, values: Float64Array.of(1, 2, 3, 4, 5, 6) };
    expect(ratingsFromNpy(matrix, "r.npy")).toEqual(wanted);
    expect(ratingsFromNpz(npzBytes({ anything: matrix }), "r.npz")).toEqual(wanted);
    expect(ratingsFromNpz(npzBytes({ other: npyBytes([1], [1]), ratings: matrix }), "r.npz")).toEqual(wanted);
  });

  test.each([
    ["one dimension", () => ratingsFromNpy(npyBytes([6], [1, 2, 3, 4, 5, 6]), "r"), /are 6 of <f8/],
    ["no row", () => ratingsFromNpy(npyBytes([0, 3], []), "r"), /are 0 x 3/],
    ["texts", () => ratingsFromNpy(npyBytes([1, 1], ["a"]), "r"), /of <U1/],
    [
      "two members",
      () => ratingsFromNpz(npzBytes({ a: matrix, b: matrix }), "r"),
      /no member ratings, but a, b/,
    ],
  ])("%s is an error", (_, run, message) => expect(usageError(run).message).toMatch(message));
});

describe("CSV ratings", () => {
  test("with and without names, quotes, gaps, a byte-order mark and blank lines", () => {
    expect(csv("1,2", "", "3.5,4")).toEqual({ columns: 2, values: Float64Array.of(1, 2, 3.5, 4) });
    const named = csv('\ufeffwarm,"dry, ""British"""', "1,NaN", " ,2");
    expect(named.columns).toEqual(["warm", 'dry, "British"']);
    expect([...named.values]).toEqual([1, Number.NaN, Number.NaN, 2]);
  });

  test("columns that are not wanted may hold anything", () => {
    const picked = ratingsFromCsv('id,cold,warm\r\n"c\n1",1,2\r\nc2,3,4', "r.csv", () => ["warm", "cold"]);
    expect(picked).toEqual({ columns: ["warm", "cold"], values: Float64Array.of(2, 1, 4, 3) });
  });

  test.each([
    ["a ragged line", ["1,2,3", "4,5"], /has 2 ratings, and the first one 3/, "r.csv, line 2"],
    ["a text", ["id,warm", "c1,2"], /"c1" is no number/, "r.csv, line 2, column 1"],
    ["no line", [""], /no rating/, "r.csv"],
    ["broken quotes", ["1,2", '"3,4'], /no comma-separated text: Quote Not Closed/, "r.csv"],
    ["a header alone", ["warm,cold"], /no rating/, "r.csv"],
  ])("%s is an error with its place", (_, texts, message, where) => {
    const error = usageError(() => csv(...texts));
    expect(error.message).toMatch(message);
    expect(error.where).toBe(where);
  });
});

describe("JSONL ratings", () => {
  test("lists, lists in records, and named scores", () => {
    const wanted = [1, Number.NaN, 3, 4];
    expect([...jsonl([1, null], [3, 4]).values]).toEqual(wanted);
    expect([...jsonl({ conversation: "a", scores: [1, null] }, { scores: [3, 4] }).values]).toEqual(wanted);
    const named = jsonl({ scores: { warm: 1, cold: null } }, { scores: { cold: 4, warm: 3 } });
    expect(named.columns).toEqual(["warm", "cold"]);
    expect([...named.values]).toEqual(wanted);
    expect([...jsonl({ scores: { warm: 1, cold: 2 } }, { scores: { cold: 4 } }).values].at(2)).toBeNaN();
  });

  test.each([
    ["a ragged line", [[1, 2], [1]], /has 1 ratings/, "r.jsonl, record 2"],
    ["lists among names", [{ scores: { warm: 1 } }, [1]], /list here and named/, "r.jsonl, record 2"],
    [
      "a new name",
      [{ scores: { warm: 1 } }, { scores: { wram: 1 } }],
      /"wram" is not rated/,
      "r.jsonl, record 2",
    ],
    ["a text score", [["7"]], /expected form/, "r.jsonl, line 1"],
    ["nothing", [], /no rating/, "r.jsonl"],
  ])("%s is an error with its place", (_, records, message, where) => {
    const error = usageError(() => jsonl(...records));
    expect(error.message).toMatch(message);
    expect(error.where).toBe(where);
  });
});

describe("names", () => {
  const file = { response: ["warm", "terse"], user: ["calm", "polite", "vague"], note: "a remark" };

  test("the list that fits is taken, by number or by the columns' own names", () => {
    const lists = parseNames(file, "n.json");
    expect(pickNames(lists, 3, undefined, "n.json")).toEqual({ key: "user", names: file.user });
    expect(pickNames(lists, ["id", "terse", "warm"], undefined, "n.json").key).toBe("response");
    expect(pickNames(parseNames(["a", "b"], "n.json"), 2, undefined, "n.json").names).toEqual(["a", "b"]);
  });

  test.each([
    [
      "no list fits",
      () => pickNames(parseNames(file, "n"), 4, undefined, "n"),
      /response: 2 names for 4 columns; user: 3/,
    ],
    [
      "an absent column",
      () => pickNames(parseNames(file, "n"), ["warm"], "response", "n"),
      /"terse" is no column/,
    ],
    [
      "several fit",
      () => pickNames(parseNames({ a: ["x"], b: ["y"] }, "n"), 1, undefined, "n"),
      /several lists fit.*a, b/,
    ],
    ["an unknown key", () => pickNames(parseNames(file, "n"), 2, "respone", "n"), /no list called respone/],
    ["a name twice", () => parseNames(["a", "a"], "n"), /"a" stands there twice/],
    ["no list", () => parseNames({ a: 1 }, "n"), /no list of names/],
    ["no object", () => parseNames(null, "n"), /no list of names/],
  ])("%s is an error", (_, run, message) => expect(usageError(run).message).toMatch(message));

  test("a score off the scale is named by row and candidate; low ones are counted", () => {
    const raw = { columns: ["warm", "cold"], values: Float64Array.of(1, 0.5, 3, 12) };
    expect(usageError(() => nameRatings(raw, ["warm", "cold"], "r.csv")).where).toBe('r.csv: row 2, "cold"');
    const picked = nameRatings(
      { columns: ["warm", "cold"], values: Float64Array.of(1, 0.5, 3, 9) },
      ["cold"],
      "r.csv",
    );
    expect(picked).toMatchObject({ rows: 2, belowScale: 1, values: Float64Array.of(0.5, 9) });
  });
});

describe("poolWith", () => {
  const component = { representative: "warm", sumOfSquaredLoadings: 1, top: [] };
  const antonyms = { opposed: 0, together: 0, apart: 0 };
  const solution = { k: 1, components: [component], antonyms, redundant: [] };

  test("sets one side and keeps the other", () => {
    expect(poolWith(undefined, "principles", solution, "p.json")).toEqual({ principles: ["warm"] });
    const other = { attributes: ["calm"], principles: ["old"] };
    expect(poolWith(other, "principles", solution, "p.json")).toEqual({
      attributes: ["calm"],
      principles: ["warm"],
    });
  });

  test("does not overwrite a file that is no pool", () => {
    for (const value of [{ name: "my project" }, null, 3, { attributes: "calm" }]) {
      expect(usageError(() => poolWith(value, "attributes", solution, "p.json")).message).toMatch(/no pool/);
    }
  });
});
