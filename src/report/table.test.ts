import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { runFixture } from "../../test/support/run-fixture.ts";
import { fixed, interval, percent, pValue, signed, whole } from "./format.ts";
import { runTables } from "./run-tables.ts";
import { csvTable, htmlTable, latexTable, type Table, textTable } from "./table.ts";

const table: Table = {
  id: "odd",
  caption: "50 % of A & B_1",
  columns: [
    { title: "name", align: "left" },
    { title: "Δ", align: "right" },
  ],
  rows: [
    ["a <b> & {c}", "−1.50"],
    ["long name", "+10.00"],
  ],
  data: [
    { name: 'say "hi", then\nleave', delta: -1.5 },
    { name: "=HYPERLINK(1)", delta: null },
  ],
};

describe("tables", () => {
  it("are aligned on a terminal", () => {
    expect(textTable(table).split("\n")).toEqual([
      "name              Δ",
      "───────────  ──────",
      "a <b> & {c}   −1.50",
      "long name    +10.00",
    ]);
  });

  it("wider than a line leave out details on a terminal, then break texts that may be broken", () => {
    const words = "one two three four five six seven eight nine ten eleven twelve thirteen";
    const wide = {
      columns: [
        { title: "name", align: "left" as const },
        { title: "detail", align: "right" as const, isDetail: true },
        { title: "words", align: "left" as const, wraps: true },
      ],
      rows: [["x".repeat(50), "1", words]],
    };
    const lines = textTable(wide).split("\n");
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(lines[0]).not.toContain("detail");
    expect(
      lines
        .slice(2)
        .map((line) => line.slice(52).trim())
        .join(" "),
    ).toBe(words);
    expect(textTable({ ...wide, rows: [["x", "1", "short"]] })).toContain("detail");
  });

  it("as CSV: quoted by RFC 4180, full precision, missing is empty, and no text is a formula", () => {
    expect(csvTable(table, { simulated: false })).toBe(
      'name,delta,simulated,simulatedRoles\r\n"say ""hi"", then\nleave",-1.5,false,\r\n\'=HYPERLINK(1),,false,\r\n',
    );
  });

  it("as CSV: what was simulated stands in every row, in its own place where the table has one", () => {
    const mark = { simulated: true, simulatedRoles: ["rewriter", "judge"] as const };
    expect(csvTable({ data: [{ id: 1, simulated: "true", x: 2 }] }, mark)).toBe(
      "id,simulated,x,simulatedRoles\r\n1,true,2,rewriter judge\r\n",
    );
    expect(csvTable({ data: [] }, mark)).toBe("simulated,simulatedRoles\r\n");
  });

  it("as LaTeX: booktabs rules, one cell a column, every special character escaped", () => {
    const lines = latexTable(table, { simulated: true, simulatedRoles: ["judge"] }).split("\n");
    expect(lines).toContain("  \\begin{tabular}{lr}");
    expect(lines[0]).toMatch(/^% SIMULATED: scores \(judge\) come from/);
    expect(lines).toContain("  \\caption{50 \\% of A \\& B\\_1 (simulated: judge)}");
    expect(latexTable(table, { simulated: false })).not.toMatch(/simulated/i);
    expect(lines).toContain("  a \\textless{}b\\textgreater{} \\& \\{c\\} & $-$1.50 \\\\");
    for (const rule of ["toprule", "midrule", "bottomrule"]) expect(lines).toContain(`  \\${rule}`);
  });

  it("as HTML: headers with a scope, and cells that hold text alone", () => {
    const root = new DOMParser().parseFromString(htmlTable(table), "text/html");
    expect([...root.querySelectorAll("th")].map((th) => th.getAttribute("scope"))).toEqual(["col", "col"]);
    expect([...root.querySelectorAll("td")].map((td) => td.textContent)).toEqual(table.rows.flat());
    expect(root.querySelector("b")).toBeNull();
  });

  it("of a run have as many cells as columns, and data of one shape", () => {
    for (const { id, columns, rows, data } of runTables(runFixture().results)) {
      expect([id, rows.every((row) => row.length === columns.length)]).toEqual([id, true]);
      expect([id, new Set(data.map((row) => Object.keys(row).join())).size]).toEqual([id, 1]);
      expect([id, data.length]).toEqual([id, rows.length]);
    }
  });
});

describe("numbers", () => {
  it("have a true minus, no negative zero, and a dash where there is none", () => {
    expect([fixed(-0.004), fixed(-1.5), fixed(null), signed(0.004), signed(0.5), signed(-0.5)]).toEqual([
      "0.00",
      "−1.50",
      "–",
      "0.00",
      "+0.50",
      "−0.50",
    ]);
  });

  it("have bounds, rates, p-values that are never zero, and thousands apart", () => {
    expect(interval([1, null], (v) => fixed(v, 1))).toBe("[1.0, ∞]");
    expect(interval(null, fixed)).toBe("–");
    expect([percent(0.126), percent(null)]).toEqual(["13%", "–"]);
    expect([pValue(0), pValue(0.04), pValue(null)]).toEqual(["<0.001", "0.040", "–"]);
    expect(whole(1_234_567.4)).toBe("1,234,567");
  });
});
