import { simulatedWords } from "../core/simulated.ts";
import type { Table } from "../report/table.ts";
import { shownThreshold } from "../studies/thresholds.ts";
import { aloneWords, comparisonTable } from "./comparison.ts";
import { type Gate, ruleOf } from "./gate.ts";

/** First line of a comment: whoever posts it finds the last one by it and puts the new one in its place. */
const COMMENT_MARK = "<!-- apm-bench compare -->";

/** A comparison for a pull request, in GitHub's Markdown. Names are of people and models: they stay text. */
export function comparisonMarkdown(gate: Gate): string {
  const { first, second, comparison, thresholds, broken, mark } = gate;
  const failed = new Map(broken.map((limit) => [limit.rule, shownThreshold(limit)]));
  const limits = thresholds.map((threshold) => {
    const rule = ruleOf(threshold);
    const failure = failed.get(rule);
    return failure === undefined ? `- ✅ ${markdownText(rule)}` : `- ❌ ${markdownText(failure)}`;
  });
  const heading = broken.length > 0 ? "below its threshold" : "done";
  return [
    COMMENT_MARK,
    `### apm-bench: comparison ${heading}`,
    "",
    ...(mark.simulated ? [`**${markdownText(simulatedWords(mark))}**`, ""] : []),
    `First run: ${markdownText(first)}; second run: ${markdownText(second)}. Δ: mean gain in reward over the plain answer; 95 % intervals of the change.`,
    "",
    ...markdownTable(comparisonTable(comparison)),
    "",
    ...aloneWords(comparison).flatMap((words) => [markdownText(words), ""]),
    ...(limits.length > 0 ? [...limits, ""] : []),
  ].join("\n");
}

function markdownTable({ columns, rows }: Pick<Table, "columns" | "rows">): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(" | ")} |`;
  const rule = columns.map(({ align }) => (align === "right" ? "---:" : "---"));
  return [line(columns.map(({ title }) => title)), `| ${rule.join(" | ")} |`, ...rows.map(line)];
}

/** Breaks what GitHub would make a link of, unseen. */
const UNSEEN = "\u200b";

/** Text that Markdown shows as it is, on one line: no markup, no HTML, no mention of people or issues, no link. */
export function markdownText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]()|~!]/g, "\\$&")
    .replace(/[@#]|www(?=\.)|:(?=\/\/)/gi, `$&${UNSEEN}`)
    .replace(/^(\s*)([-+=]|\d+[.)])/, "$1\\$2");
}
