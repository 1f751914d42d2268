import { Command } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { ExplainedConfig } from "../../app/resolve.ts";
import type { System } from "../../core/ports/system.ts";
import { tellConfig } from "../configuration.ts";
import { addConfigFlags, CONFIG_ARGUMENT } from "../options.ts";

/** `config`: what a run would be configured to, and why. */
export function configCommand(system: System): Command {
  return addConfigFlags(new Command("config").argument("[config]", CONFIG_ARGUMENT))
    .option("--json", "print {config, sources, read} as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, flags: ConfigFlags & { json?: boolean }) => {
      const { explainConfig } = await import("../../app/resolve.ts");
      const explained = await explainConfig(system, file, flags);
      tellConfig(system, explained.read);
      if (flags.json) system.stdout(`${JSON.stringify(explained)}\n`);
      else system.stdout(await shown(explained));
    });
}

/** Longer values are cut: --json has them whole. */
const WIDEST = 60;

async function shown({ config, sources }: ExplainedConfig): Promise<string> {
  const { textTable } = await import("../../report/table.ts");
  const rows = Object.entries(sources).flatMap(([path, source]) => {
    const value = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config);
    // A section's values stand below it.
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return [];
    const text = JSON.stringify(value);
    return [[path, text.length > WIDEST ? `${text.slice(0, WIDEST - 3)}...` : text, source]];
  });
  const column = (title: string) => ({ title, align: "left" as const });
  return `${textTable({ columns: [column("key"), column("value"), column("from")], rows })}\n`;
}

const EXAMPLES = `
Examples:
  apm-bench config                                  what \`apm-bench run\` would use here
  apm-bench config --preset paper --model sim
  apm-bench config apm.config.ts --json
`;
