import { Command } from "commander";
import { EXIT, type ExitCode, UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";

interface Threshold {
  readonly method: string;
  readonly delta: number;
}

interface CompareFlags {
  readonly failBelow: Threshold[];
  readonly json?: boolean;
}

/** `compare`: two runs side by side; with `--fail-below`, a gate for continuous integration. */
export function compareCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return new Command("compare")
    .argument("<a>", "run directory to compare with")
    .argument("<b>", "run directory that is compared")
    .option(
      "--fail-below <method=delta>",
      "exit with code 3 when this method's Δ in the second run is below; may be repeated",
      (text: string, before: Threshold[]) => [...before, thresholdOf(text)],
      [],
    )
    .option("--json", "print the comparison as JSON")
    .action(async (a: string, b: string, { json, failBelow }: CompareFlags) => {
      const { readRun } = await import("../../run-folder/read-run.ts");
      const { compareRuns } = await import("../../studies/compare-runs.ts");
      const { rootKey } = await import("../../core/random.ts");
      const [runA, runB] = [readRun(system, a), readRun(system, b)];
      const comparison = compareRuns(runA, runB, rootKey("compare"));
      const failed = failBelow.filter((t) => isBelow(runB.results, t));
      if (json) system.stdout(`${JSON.stringify({ ...comparison, failed })}\n`);
      else {
        const { shownComparison } = await import("../show-comparison.ts");
        system.stdout(shownComparison(comparison, runA.results.simulated || runB.results.simulated));
      }
      for (const { method, delta } of failed) {
        system.stderr(`below threshold: ${method} has Δ under ${delta} in ${b}\n`);
      }
      if (failed.length > 0) stopWith(EXIT.stopped);
    });
}

function thresholdOf(text: string): Threshold {
  const at = text.lastIndexOf("=");
  const delta = Number(text.slice(at + 1));
  if (at < 1 || text.slice(at + 1).trim() === "" || !Number.isFinite(delta)) {
    throw new UsageError(`"${text}" is no threshold`, {
      where: "--fail-below",
      remedy: "write METHOD=DELTA, such as routing=0.5",
    });
  }
  return { method: text.slice(0, at), delta };
}

/** A method is named by id or name; one that is missing, or has no Δ, is below every threshold. */
function isBelow(results: Results, { method, delta }: Threshold): boolean {
  const found =
    results.methods.find((m) => m.name === method) ?? results.methods.find((m) => m.id === method);
  if (found === undefined) {
    throw new UsageError(`there is no method "${method}" in the second run`, {
      where: "--fail-below",
      remedy: `name one of: ${results.methods.map((m) => m.id).join(", ")}`,
    });
  }
  return found.summary.delta === null || found.summary.delta < delta;
}
