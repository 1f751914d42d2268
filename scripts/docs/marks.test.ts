import { describe, expect, it } from "vitest";
import { filled, marksIn } from "./marks.ts";

const page = `Routing gains <!-- made run/delta -->+1.00<!-- /made -->.

<!-- made run/table -->
| old |
<!-- /made -->
<!-- made other/text -->stays<!-- /made -->`;

describe("made pieces of a page", () => {
  it("are found, whether within a line or around lines", () => {
    expect(marksIn(page)).toEqual([
      { part: "run", key: "delta", text: "+1.00" },
      { part: "run", key: "table", text: "| old |" },
      { part: "other", key: "text", text: "stays" },
    ]);
  });

  it("are written anew part by part, and written again they are the same", () => {
    const made = filled(page, "run", { delta: "+2.00", table: "| new |\n| $1 |" });
    expect(marksIn(made).map(({ text }) => text)).toEqual(["+2.00", "| new |\n| $1 |", "stays"]);
    expect(filled(made, "run", { delta: "+2.00", table: "| new |\n| $1 |" })).toBe(made);
    expect(made.startsWith("Routing gains <!-- made run/delta -->+2.00<!-- /made -->.\n")).toBe(true);
  });

  it("are all asked for", () => {
    expect(() => filled(page, "run", { delta: "+2.00" })).toThrow('part run makes no "table"');
  });
});
