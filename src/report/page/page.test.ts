import { describe, expect, it } from "vitest";
import { tableBlock } from "./page.ts";

describe("a table's downloads", () => {
  it("hold any name, also half of a surrogate pair", () => {
    const block = tableBlock({
      id: "t",
      caption: "c",
      columns: [{ title: "name", align: "left" }],
      rows: [["a\ud800b"]],
      data: [{ name: "a\ud800b" }],
    });
    const [, content = ""] = /href="data:text\/csv;charset=utf-8,([^"]*)"/.exec(block) ?? [];
    expect(decodeURIComponent(content)).toBe("name\r\na\ufffdb\r\n");
  });
});
