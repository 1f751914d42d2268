import { describe, expect, it } from "vitest";
import type { Table } from "../table.ts";
import { tableBlock } from "./page.ts";

describe("a table's downloads", () => {
  it("hold any name, also half of a surrogate pair", () => {
    const table: Table = {
      id: "t",
      caption: "c",
      columns: [{ title: "name", align: "left" }],
      rows: [["a\ud800b"]],
      data: [{ name: "a\ud800b" }],
    };
    const block = tableBlock(table, { simulated: false });
    const [, content = ""] = /href="data:text\/csv;charset=utf-8,([^"]*)"/.exec(block) ?? [];
    expect(decodeURIComponent(content)).toBe("name,simulated,simulatedRoles\r\na\ufffdb,false,\r\n");
  });
});
