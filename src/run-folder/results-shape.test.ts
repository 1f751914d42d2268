import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runFixture } from "../../test/support/run-fixture.ts";
import { ApmError } from "../core/errors.ts";
import type { Results } from "../core/run-record.ts";
import { gainWords, remarks, verdictGroups } from "../report/headline.ts";
import { runTables } from "../report/run-tables.ts";
import { csvTable, textTable } from "../report/table.ts";
import { checkedResults } from "./results-shape.ts";

const whole = JSON.stringify(runFixture({ users: 6, worlds: 2, k: 2 }).results);

type Path = readonly (string | number)[];

/** Every place of the record, of each list the last entry alone. */
function placesOf(value: unknown, path: Path = []): Path[] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return own;
  const entries = Object.entries(value);
  const looked = Array.isArray(value) ? entries.slice(-1) : entries;
  return [...own, ...looked.flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function changed(path: Path, value: unknown): unknown {
  const record = JSON.parse(whole);
  const key = path.at(-1) as string;
  const holder = path.slice(0, -1).reduce((at, name) => at[name], record);
  if (value !== undefined) holder[key] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return record;
}

describe("a run record", () => {
  it("of this version is taken as it is", () => {
    const record = JSON.parse(whole);
    expect(checkedResults(record, "f")).toBe(record);
  });

  it.each([
    ["of another schema", { schema: "apm-bench/sweep@1" }, /not a run record.*sweep@1/],
    ["that is nothing", null, /not a run record.*undefined/],
    [
      "without verdicts",
      changed(["methods", 0, "summary", "verdict"], undefined),
      /methods\.0\.summary\.verdict/,
    ],
    ["with a text for a number", changed(["usage", 0, "calls"], "7"), /usage\.0\.calls.*number/],
  ])("%s is refused, with the place", (_, value, message) => {
    expect(() => checkedResults(value, "r.json")).toThrow(
      expect.objectContaining({
        constructor: ApmError,
        where: "r.json",
        message: expect.stringMatching(message),
        remedy: expect.any(String),
      }),
    );
  });

  it("is refused or can be shown, wherever it is changed", () => {
    const places = placesOf(JSON.parse(whole));
    const values = fc.constantFrom(undefined, null, -1, 1e300, "x", "__proto__", {}, []);
    fc.assert(
      fc.property(fc.constantFrom(...places), values, (path, value) => {
        let results: Results;
        try {
          results = checkedResults(changed(path, value), "f");
        } catch (error) {
          expect(error).toBeInstanceOf(ApmError);
          return;
        }
        const tables = runTables(results);
        const shown = [
          ...tables.map((table) => csvTable(table, results)),
          ...tables.map(textTable),
          ...remarks(results),
        ];
        const verdicts = verdictGroups(results).flatMap(({ methods }) =>
          methods.map((m) => gainWords(m, results)),
        );
        for (const text of [...shown, ...verdicts]) expect(typeof text).toBe("string");
      }),
      { numRuns: 300 },
    );
  });
});
