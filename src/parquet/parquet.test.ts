import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { readTable } from "./read.ts";
import type { Row, TableColumn } from "./table.ts";
import { parquetTable, type TableOptions } from "./write.ts";

const COLUMNS: readonly TableColumn[] = [
  { name: "a text", type: "text" },
  { name: "n", type: "number", nullable: true },
  { name: "i", type: "integer" },
  { name: "maybe", type: "text", nullable: true },
  { name: "yes", type: "boolean" },
];
const rows = fc.array(
  fc.record({
    "a text": fc.string({ unit: "grapheme" }),
    n: fc.option(fc.double({ noNaN: true })),
    i: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    maybe: fc.option(fc.string({ unit: "grapheme" })),
    yes: fc.boolean(),
  }),
  { maxLength: 40 },
);

function written(list: readonly Row[], options?: TableOptions) {
  const { system, written: files } = memorySystem();
  const table = parquetTable(system.createFile("t.parquet"), COLUMNS, options);
  for (const row of list) table.write(row);
  expect(table.close()).toBe(list.length);
  return { system, bytes: files.get("t.parquet") as Uint8Array };
}

async function readBack(system: ReturnType<typeof memorySystem>["system"], columns = COLUMNS) {
  const all: Row[] = [];
  for await (const row of readTable(system.openFile("t.parquet"), columns, "t.parquet")) all.push(row);
  return all;
}

describe("Parquet tables", () => {
  it("give back what was written, whatever the row groups, and the same rows give the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), async (list, rowGroup) => {
        const { system, bytes } = written(list, { rowGroup, about: { simulated: "judge" } });
        expect(await readBack(system)).toEqual(list);
        expect(written(list, { rowGroup, about: { simulated: "judge" } }).bytes).toEqual(bytes);
      }),
      { numRuns: 40 },
    );
  });

  it("refuse a cell of another type, written or read", async () => {
    const row: Row = { "a text": "x", n: 1, i: 2, maybe: null, yes: true };
    const wrongs: Row[] = [{ i: 1.5 }, { i: 2 ** 31 }, { yes: null }, { "a text": 3 }];
    for (const wrong of wrongs) expect(() => written([{ ...row, ...wrong }])).toThrow("is no");
    const { system } = written([row]);
    await expect(readBack(system, [{ name: "n", type: "text" }])).rejects.toThrow("1 is no text");
    await expect(readBack(system, [{ name: "z", type: "text" }])).rejects.toThrow('no column "z"');
    await expect(readBack(system, [{ name: "maybe", type: "text" }])).rejects.toThrow("null is no text");
  });

  it("name a file that was cut", async () => {
    const { bytes } = written([{ "a text": "x", n: 1, i: 2, maybe: null, yes: true }]);
    const { system } = memorySystem({ "t.parquet": bytes.slice(0, -5) });
    await expect(readBack(system)).rejects.toThrow("the file was cut");
  });
});
