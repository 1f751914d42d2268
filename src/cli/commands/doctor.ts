import { Command } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import { EXIT, type ExitCode } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfig } from "../configuration.ts";
import { addConfigFlags, CONFIG_ARGUMENT } from "../options.ts";

/** `doctor`: says whether a run would start here, before anything is paid. */
export function doctorCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return addConfigFlags(new Command("doctor").argument("[config]", CONFIG_ARGUMENT))
    .option("--json", "print the checks as JSON")
    .action(async (file: string | undefined, flags: ConfigFlags & { json?: boolean }) => {
      const { runChecks } = await import("../../app/checks.ts");
      const checks = await runChecks(system, () => readConfig(system, file, flags));
      if (flags.json) system.stdout(`${JSON.stringify({ ok: checks.every((c) => c.ok), checks })}\n`);
      else system.stdout((await import("../show-checks.ts")).shownChecks(checks));
      if (checks.some((c) => !c.ok)) stopWith(EXIT.failed);
    });
}
