import { expect, it } from "vitest";
import { textTable } from "../../report/table.ts";
import type { ExplainedMethod } from "./analyse.ts";
import { lossParts, type Rewards } from "./parts.ts";
import type { ExplainRecord } from "./record.ts";
import { partsTable } from "./tables.ts";

const around = (value: number): Rewards =>
  [0, 1, 2].map((w) => Array.from({ length: 8 }, (_, u) => value + ((u + w) % 2) * 4 - 2));

it("the table of parts keeps to a terminal of 100 columns, whatever methods are called", () => {
  const cells = { both: around(7), mapping: around(6), attributes: around(6), neither: around(5) };
  const found = lossParts({ baseline: around(4), cells, ends: around(10) }, around(-12));
  const names = ["routing", "routing by all rewards, n-grams and embeddings together"];
  const methods = names.map((name): ExplainedMethod => ({ id: "routing", name, ...found }));
  const table = partsTable({ methods } as unknown as ExplainRecord);
  const lines = textTable(table).split("\n");
  expect(lines.length).toBeGreaterThan(10);
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(100);
  expect(table.data).toHaveLength(8);
});
