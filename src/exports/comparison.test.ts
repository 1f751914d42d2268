import fc from "fast-check";
import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import type { MethodChange } from "../studies/compare-runs.ts";
import type { Gate } from "./gate.ts";
import { junitXml } from "./junit.ts";
import { comparisonMarkdown, markdownText } from "./markdown.ts";

const change = (name: string): MethodChange => ({
  ...{ name, deltaA: 0.5, deltaB: 1.25, change: 0.75, changeCi95: [0.5, 1], standardError: 0.1 },
  ...{ degreesOfFreedom: 20, pValue: 0.0001, pValueAdjusted: 0.0002, kind: "paired", pairs: 40 },
});

/** One limit that is reached and one that is not. */
const gate = (name: string, simulated = true): Gate => ({
  ...{ first: "runs/a", second: "runs/b" },
  comparison: { changes: [change(name)], onlyA: [], onlyB: [name] },
  thresholds: [
    { left: name, least: 1 },
    { left: name, least: 2 },
  ],
  broken: [{ rule: `${name}=2`, method: name, quantity: "delta", value: 1.25, delta: 2 }],
  mark: simulated ? { simulated, simulatedRoles: ["judge"] } : { simulated },
});

const NASTY = `]]><x a="1">&#13; & 'q' \u0000\u001b[31m\ud800 ` + "`a`|b|\n| c |";

describe("JUnit", () => {
  const casesOf = (xml: string) => {
    const document = new DOMParser().parseFromString(xml, "text/xml");
    return [...document.querySelectorAll("testcase")].map((c) => ({
      classname: c.getAttribute("classname"),
      name: c.getAttribute("name"),
      failure: c.querySelector("failure")?.textContent,
    }));
  };

  it("has a case a limit, failed where it is not reached, and one a method", () => {
    const xml = junitXml(gate("routing"));
    expect(xml).toContain(
      '<testsuites name="apm-bench compare" tests="3" failures="1" errors="0" skipped="0">',
    );
    expect(casesOf(xml)).toEqual([
      { classname: "apm-bench.thresholds", name: "routing=1" },
      {
        classname: "apm-bench.thresholds",
        name: "routing=2",
        failure: "below threshold routing=2: Δ in the second run of routing is 1.250, less than 2",
      },
      { classname: "apm-bench.methods", name: "routing" },
    ]);
    expect(xml).toContain('<property name="simulatedRoles" value="judge"/>');
    expect(xml).toContain("SIMULATED: scores (judge)");
    expect(junitXml(gate("routing", false))).not.toContain("SIMULATED");
  });

  it("holds any name, without a character that XML forbids and without a tag of its own", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constant(NASTY)), (name) => {
        const xml = junitXml(gate(name));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML forbids
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\r]/);
        expect(xml.isWellFormed()).toBe(true);
        const tags = [...xml.matchAll(/<([a-z-]+)/g)].map(([, tag]) => tag);
        expect(tags.filter((tag) => tag === "testcase").length).toBe(3);
        expect(new Set(tags)).toEqual(
          new Set(["testsuites", "testsuite", "properties", "property", "testcase", "failure", "system-out"]),
        );
      }),
    );
  });
});

describe("Markdown", () => {
  it("tells the change, the limits and what was simulated", () => {
    const text = comparisonMarkdown(gate("routing"));
    expect(text).toContain("### apm-bench: comparison below its threshold");
    expect(text).toContain(
      "| routing | \\+0.50 | \\+1.25 | \\+0.75 | \\[+0.50, +1.00\\] | &lt;0.001 | paired, 40 pairs |",
    );
    expect(text).toContain("- ✅ routing=1\n- ❌ below threshold routing=2");
    expect(text).toContain("**SIMULATED: scores \\(judge\\)");
    expect(comparisonMarkdown(gate("routing", false))).not.toContain("SIMULATED");
  });

  it("keeps a name text: no HTML, no row, no link, no mention", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constant(NASTY)), (name) => {
        const text = markdownText(name);
        expect(text).not.toMatch(/[\n\r<>]|(?<!\\)[|`*_[\]]|@\w|#\d|:\/\//);
        const rows = comparisonMarkdown(gate(name))
          .split("\n")
          .filter((line) => line.startsWith("| "));
        expect(rows.length).toBe(3);
      }),
    );
    expect(markdownText("@octocat see #12 at https://x.y [a](b)")).toBe(
      "@\u200boctocat see #\u200b12 at https:\u200b//x.y \\[a\\]\\(b\\)",
    );
  });
});
