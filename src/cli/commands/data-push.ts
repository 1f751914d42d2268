import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";

/** `data push`: a frozen set on the Hugging Face hub. */
export function pushCommand(system: System): Command {
  return new Command("push")
    .description(
      "write a frozen set with its card to the Hugging Face hub; needs HF_TOKEN in the environment",
    )
    .argument("<set>", "folder of a frozen set")
    .argument("<repository>", "hf:OWNER/NAME; made where there is none")
    .option("--private", "make it private, if it has to be made")
    .option("--json", "print id and commit as JSON")
    .action(async (set: string, repository: string, flags: { private?: boolean; json?: boolean }) => {
      const { pushBundle } = await import("../../app/bundle/hub-set.ts");
      const pushed = await pushBundle(system, set, repository, flags.private ?? false);
      system.stdout(
        flags.json
          ? `${JSON.stringify(pushed)}\n`
          : `pushed ${pushed.id} to ${pushed.repo}\n${pushed.commit}\nothers run on it with: apm-bench run --bundle hf:${pushed.repo}\n`,
      );
    });
}
