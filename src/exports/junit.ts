import { simulatedRoles, simulatedWords } from "../core/simulated.ts";
import { shownThreshold } from "../studies/thresholds.ts";
import { comparisonTable } from "./comparison.ts";
import { type Gate, ruleOf } from "./gate.ts";

/**
 * A comparison as JUnit XML: one test case a limit, failed where it is not reached, and one a method that both runs have,
 * which tells its change and cannot fail.
 */
export function junitXml({ first, second, comparison, thresholds, broken, mark }: Gate): string {
  const failures = new Map(broken.map((limit) => [limit.rule, shownThreshold(limit)]));
  const limits = thresholds.map((threshold) => {
    const rule = ruleOf(threshold);
    const failure = failures.get(rule);
    const body =
      failure === undefined
        ? []
        : [`<failure ${attributes({ message: failure })}>${xmlText(failure)}</failure>`];
    return testCase("apm-bench.thresholds", rule, body);
  });
  const { columns, rows } = comparisonTable(comparison);
  const methods = rows.map((row) => {
    const told = row.map((cell, i) => `${columns[i]?.title}: ${cell}`).join("\n");
    return testCase("apm-bench.methods", row[0] ?? "", [`<system-out>${xmlText(told)}</system-out>`]);
  });
  const cases = [...limits, ...methods];
  const failed = thresholds.filter((threshold) => failures.has(ruleOf(threshold))).length;
  const counts = { tests: cases.length, failures: failed, errors: 0, skipped: 0 };
  const properties = {
    first,
    second,
    simulated: String(mark.simulated),
    simulatedRoles: simulatedRoles(mark).join(" "),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: "apm-bench compare", ...counts })}>`,
    `  <testsuite ${attributes({ name: "apm-bench compare", ...counts })}>`,
    "    <properties>",
    ...Object.entries(properties).map(([name, value]) => `      <property ${attributes({ name, value })}/>`),
    "    </properties>",
    ...cases,
    ...(mark.simulated ? [`    <system-out>${xmlText(simulatedWords(mark))}</system-out>`] : []),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(classname: string, name: string, body: readonly string[]): string {
  const head = `    <testcase ${attributes({ classname, name, time: 0 })}`;
  return body.length === 0 ? `${head}/>` : `${head}>${body.join("")}</testcase>`;
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(
      ([name, value]) =>
        `${name}="${xmlText(String(value)).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`,
    )
    .join(" ");

/** Text for XML 1.0: markup is escaped; what no such document can hold (control characters, lone surrogates) becomes U+FFFD. */
function xmlText(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[<>&"'\r]/g, (c) => `&#${c.charCodeAt(0)};`)
  );
}
