import { Argument, Command } from "commander";
import type { System } from "../../core/ports/system.ts";
import type { CommandEntry } from "../command-entry.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `completion`: a script that lets a shell complete commands, flags and values. */
export function completionCommand(system: System, _stopWith: unknown, all: readonly CommandEntry[]): Command {
  return new Command("completion")
    .addArgument(new Argument("<shell>", "whose script to print").choices(SHELLS))
    .option("--json", "print the commands and their flags as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (shell: (typeof SHELLS)[number], { json }: { json?: boolean }) => {
      const { commandWords } = await import("../completion/words.ts");
      const commands = await commandWords(system, all);
      if (json) {
        system.stdout(`${JSON.stringify({ commands })}\n`);
        return;
      }
      const { bashCompletion } = await import("../completion/bash.ts");
      const { zshCompletion } = await import("../completion/zsh.ts");
      const { fishCompletion } = await import("../completion/fish.ts");
      const script = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[shell];
      system.stdout(script(commands));
    });
}

const EXAMPLES = `
Examples:
  eval "$(apm-bench completion bash)"           in ~/.bashrc
  source <(apm-bench completion zsh)            in ~/.zshrc, behind compinit
  apm-bench completion fish | source            in ~/.config/fish/config.fish
`;
