import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { VERSION } from "../core/version.ts";
import { COMMANDS } from "./commands.ts";

/** The command line: arguments in, exit code out. Nothing here ends the process. */
export async function main(argv: readonly string[], outside: System): Promise<ExitCode> {
  const env: Record<string, string | undefined> = { ...outside.env };
  const system: System = { ...outside, env };
  let code: ExitCode = EXIT.done;
  const program = new Command("apm-bench")
    .description(
      "Does a personalization method adapt an LLM's style to what a user never said, or does it just write better?",
    )
    .version(VERSION)
    .configureHelp({ subcommandTerm: (command) => command.name() });
  // `help run` asks for the same as `run --help`.
  const asked = argv[0] === "help" ? argv[1] : argv[0];
  for (const { name, summary, load } of COMMANDS) {
    // Of the others, the overview needs no more than this.
    const command =
      name === asked ? (await load())(system, (stopped) => (code = stopped), COMMANDS) : new Command(name);
    program.addCommand(command.description(summary));
  }
  program.hook("preAction", (_, command) => {
    const { otel } = command.opts();
    if (typeof otel === "string") env.APM_OTEL = otel;
  });
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
    const { showError } = await import("./show-error.ts");
    return showError(system, error);
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
