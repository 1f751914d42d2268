import { Command } from "commander";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";

const FILE = "apm.config.ts";

/** `init`: writes a commented configuration to start from. */
export function initCommand(system: System): Command {
  return new Command("init")
    .option("--force", "replace one that is there")
    .option("--json", "print what was written as JSON")
    .action(async ({ force, json }: { force?: boolean; json?: boolean }) => {
      if (system.exists(FILE) && !force) {
        throw new UsageError(`${FILE} is there already`, {
          where: FILE,
          remedy: "use --force to replace it",
        });
      }
      const { CONFIG_EXAMPLE } = await import("../config-example.ts");
      system.writeFile(FILE, CONFIG_EXAMPLE);
      if (json) system.stdout(`${JSON.stringify({ written: FILE })}\n`);
      else system.stdout(`wrote ${FILE}; next: apm-bench estimate, then apm-bench run\n`);
    });
}
