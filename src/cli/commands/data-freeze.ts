import { Command } from "commander";
import type { FreezeSettings, FrozenSet } from "../../app/bundle/freeze.ts";
import type { HiddenSets } from "../../app/bundle/freeze-hidden.ts";
import type { System } from "../../core/ports/system.ts";
import { positiveNumber } from "./flag-values.ts";

interface FreezeFlags extends FreezeSettings {
  readonly hidden?: number;
  readonly organiser?: string;
  readonly json?: boolean;
}

/** `data freeze`: a finished run's users, candidates, ratings and answers as a set that others run on. */
export function freezeCommand(system: System): Command {
  return new Command("freeze")
    .description(
      "write the users of a finished run with candidates, ratings and answers as a set that others run on; asks no model",
    )
    .argument("<run>", "run directory")
    .requiredOption("--out <dir>", "folder of the set")
    .option("--name <name>", "what the set is called in its card")
    .option("--licence <spdx>", "its licence, such as CC-BY-4.0", "unknown")
    .option(
      "--hidden <n>",
      "hidden worlds in place of the run's: participants get rewards in them, and neither attributes nor ratings",
      positiveNumber,
    )
    .option(
      "--organiser <dir>",
      "folder of what stays with the organiser until the reveal (by default OUT-organiser)",
    )
    .option("--json", "print id and manifest as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, flags: FreezeFlags) => {
      const { consoleWatcher } = await import("../progress.ts");
      if (flags.hidden !== undefined) {
        const { freezeHidden } = await import("../../app/bundle/freeze-hidden.ts");
        const { hidden, organiser = `${flags.out.replace(/\/+$/, "")}-organiser` } = flags;
        const sets = await freezeHidden(system, run, { ...flags, hidden, organiser }, consoleWatcher(system));
        system.stdout(flags.json ? `${JSON.stringify(sets)}\n` : shownHidden(sets));
        return;
      }
      const { freezeRun } = await import("../../app/bundle/freeze.ts");
      const frozen = await freezeRun(system, run, flags, consoleWatcher(system));
      system.stdout(flags.json ? `${JSON.stringify(frozen)}\n` : shown(frozen));
    });
}

function shown({ out, id, manifest: { users, files, simulated } }: FrozenSet): string {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  return [
    ...(simulated.length === 0 ? [] : [`SIMULATED: ${simulated.join(", ")}`]),
    `froze ${users.train} train, ${users.validation} validation and ${users.test} test users (${(bytes / 1e6).toFixed(1)} MB)`,
    `id ${id}`,
    `wrote ${out}; next: apm-bench run --bundle ${out}`,
    "",
  ].join("\n");
}

function shownHidden({ published, organiser }: HiddenSets): string {
  return [
    shown(published)
      .trimEnd()
      .replace(/; next:.*/, " for participants"),
    `wrote ${organiser.out}, which holds the hidden worlds: keep it to yourself until the reveal`,
    "commitments (SHA-256 of 128 bits a world), which manifest.json has for everybody:",
    ...(published.manifest.hidden?.commitments ?? []).map((own) => `  ${own}`),
    "",
  ].join("\n");
}

const EXAMPLES = `
Examples:
  apm-bench data freeze runs/default --out set.apm --licence CC-BY-4.0
  apm-bench run --bundle set.apm --out runs/on-the-set
  apm-bench data freeze runs/secret --out set.apm --hidden 5 --organiser organiser.apm
`;
