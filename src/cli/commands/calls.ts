import { Command, InvalidArgumentError, Option } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfigOfRun } from "../configuration.ts";
import { addConfigFlags, CONFIG_OR_RUN, wholeNumber } from "../options.ts";

const ROLES = ["rewriter", "candidate", "judge", "base", "embedder"] as const;
type Role = (typeof ROLES)[number];

interface ExportFlags extends ConfigFlags {
  readonly role: Role[];
  readonly to?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** `calls`: a run's calls as files, for servers that take them as a batch. */
export function callsCommand(system: System): Command {
  const command = new Command("calls");
  addConfigFlags(command.command("export").argument("[config-or-run]", CONFIG_OR_RUN))
    .description("write the requests that the run's next stage is missing, as JSONL files")
    .addOption(
      new Option("--role <role>", `whose requests: ${ROLES.join(", ")}; may be repeated; all by default`)
        .argParser(roles)
        .default([]),
    )
    .addOption(
      new Option(
        "--format <format>",
        "how they are written: what OpenAI's Batch API and `vllm run-batch` read",
      )
        .choices(["openai-batch"])
        .default("openai-batch"),
    )
    .option("--to <dir>", "folder for the files; by default a new one, <run>/batch/round-1, round-2, ...")
    .option("--limit <n>", "write so many requests at most, to try a server with a few", wholeNumber)
    .option("--json", "print what was written as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (target: string | undefined, flags: ExportFlags) => {
      const { exportCalls } = await import("../../app/batch/calls.ts");
      const config = await readConfigOfRun(system, target, flags);
      const { role: roles, to: out, limit } = flags;
      const summary = await exportCalls(system, config, { roles, out, limit });
      if (flags.json) {
        system.stdout(`${JSON.stringify(summary)}\n`);
        return;
      }
      const { shownExport } = await import("../show-calls.ts");
      system.stdout(shownExport(summary, config.out));
    });
  addConfigFlags(
    command.command("import").argument("<run-or-file...>", "the run's directory, then the files"),
  )
    .description("store the answers that a batch has given; what failed is left to be asked again")
    .option("--run <dir>", "the run's directory, where it does not stand before the files")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (given: string[], flags: ConfigFlags & { run?: string; json?: boolean }) => {
      const { importCalls } = await import("../../app/batch/calls.ts");
      const { importOrder } = await import("../../app/batch/order.ts");
      const { run, files } = importOrder(system, given, flags.run);
      const config = await readConfigOfRun(system, run, flags);
      const summary = await importCalls(system, config, files);
      if (flags.json) {
        system.stdout(`${JSON.stringify(summary)}\n`);
        return;
      }
      const { shownImport } = await import("../show-calls.ts");
      system.stdout(shownImport(summary, config.out));
    });
  return command;
}

function roles(text: string, before: readonly Role[] = []): Role[] {
  const role = ROLES.find((one) => one === text);
  if (role === undefined) throw new InvalidArgumentError(`choose from ${ROLES.join(", ")}.`);
  return [...before, role];
}

const EXAMPLES = `
Each round: export, have the files answered, import; until nothing is missing (docs/batch-files.md).

Examples:
  apm-bench calls export apm.config.ts --out runs/x
  vllm run-batch -i runs/x/batch/round-1/judge-0001.jsonl -o answers.jsonl --model MODEL
  apm-bench calls import runs/x answers.jsonl
  apm-bench calls export runs/x --role judge --format openai-batch
`;
