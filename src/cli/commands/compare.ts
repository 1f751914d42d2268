import { Command } from "commander";
import { EXIT, type ExitCode } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { simulatedInAny } from "../../core/simulated.ts";
import { parseThreshold, type Threshold } from "../../studies/thresholds.ts";

interface CompareFlags {
  readonly failBelow: Threshold[];
  readonly json?: boolean;
  readonly junit?: string;
  readonly markdown?: string;
}

/** `compare`: two runs side by side; with `--fail-below`, a gate for continuous integration. */
export function compareCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return new Command("compare")
    .argument("<a>", "run directory to compare with")
    .argument("<b>", "run directory that is compared")
    .option(
      "--fail-below <rule>",
      "exit with code 3 when a value of the second run is below; METHOD=x: its Δ; METHOD.low=x: the lower bound of Δ's " +
        "interval; METHOD.change=x: the change; METHOD.change.low=x: its lower bound; may be repeated",
      (text: string, before: Threshold[]) => [...before, parseThreshold(text)],
      [],
    )
    .option("--junit <file>", "write the thresholds as test cases, for build servers (JUnit XML)")
    .option("--markdown <file>", "write the comparison as Markdown, for a comment on a pull request")
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (a: string, b: string, { json, failBelow, junit, markdown }: CompareFlags) => {
      const { readRun } = await import("../../run-folder/read-run.ts");
      const { compareRuns } = await import("../../studies/compare-runs.ts");
      const { brokenThresholds, shownThreshold } = await import("../../studies/thresholds.ts");
      const [runA, runB] = [readRun(system, a), readRun(system, b)];
      const comparison = compareRuns(runA, runB);
      const failed = brokenThresholds(failBelow, runB.results, comparison);
      const mark = simulatedInAny([runA.results, runB.results]);
      const gate = { first: a, second: b, comparison, thresholds: failBelow, broken: failed, mark };
      if (junit !== undefined) {
        const { junitXml } = await import("../../exports/junit.ts");
        system.writeFile(junit, junitXml(gate));
      }
      if (markdown !== undefined) {
        const { comparisonMarkdown } = await import("../../exports/markdown.ts");
        system.writeFile(markdown, comparisonMarkdown(gate));
      }
      if (json) system.stdout(`${JSON.stringify({ ...mark, ...comparison, failed })}\n`);
      else {
        const { shownComparison } = await import("../show-comparison.ts");
        system.stdout(shownComparison(comparison, mark));
      }
      for (const broken of failed) system.stderr(`${shownThreshold(broken)}\n`);
      if (failed.length > 0) stopWith(EXIT.stopped);
    });
}

const EXAMPLES = `
Examples:
  apm-bench compare runs/main runs/branch
  apm-bench compare runs/main runs/branch --fail-below external=0.5           the gain itself
  apm-bench compare runs/main runs/branch --fail-below external.change.low=-0.2
                                                    surely no more than 0.2 lost since the first run
`;
