import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { VERSION } from "../core/version.ts";
import { adaptersCommand } from "./commands/adapters.ts";
import { attributesCommand } from "./commands/attributes.ts";
import { auditCommand } from "./commands/audit.ts";
import { biasCommand } from "./commands/bias.ts";
import { compareCommand } from "./commands/compare.ts";
import { dataCommand } from "./commands/data.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { estimateCommand } from "./commands/estimate.ts";
import { initCommand } from "./commands/init.ts";
import { judgesCommand } from "./commands/judges.ts";
import { languageCommand } from "./commands/language.ts";
import { rejudgeCommand } from "./commands/rejudge.ts";
import { reportCommand } from "./commands/report.ts";
import { robustnessCommand } from "./commands/robustness.ts";
import { runCommand } from "./commands/run.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { viewCommand } from "./commands/view.ts";
import { showError } from "./show-error.ts";

/** Every command, in the order of the help text. */
const COMMANDS = [
  runCommand,
  initCommand,
  estimateCommand,
  reportCommand,
  viewCommand,
  compareCommand,
  judgesCommand,
  attributesCommand,
  biasCommand,
  robustnessCommand,
  auditCommand,
  languageCommand,
  sweepCommand,
  rejudgeCommand,
  dataCommand,
  adaptersCommand,
  doctorCommand,
];

/** The command line: arguments in, exit code out. Nothing here ends the process. */
export async function main(argv: readonly string[], system: System): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = new Command("apm-bench")
    .description(
      "Does a personalization method adapt an LLM's style to what a user never said, or does it just write better?",
    )
    .version(VERSION);
  for (const make of COMMANDS) program.addCommand(make(system, (stopped) => (code = stopped)));
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .showHelpAfterError("(add --help for the options)")
      .configureOutput({ writeOut: system.stdout, writeErr: system.stderr });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return showError(system, error);
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
