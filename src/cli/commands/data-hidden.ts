import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";
import { isoDate } from "./flag-values.ts";

/** `data reveal`: an organiser's set, for everybody. */
export function revealCommand(system: System): Command {
  return new Command("reveal")
    .description("write an organiser's set as everybody may have it, with the day of the reveal")
    .argument("<organiser-set>", "folder that `data freeze --hidden` wrote for the organiser")
    .requiredOption("--out <dir>", "folder of the revealed set")
    .option("--date <date>", "day of the reveal (by default today)", isoDate)
    .action(async (folder: string, flags: { out: string; date?: string }) => {
      const { revealBundle } = await import("../../app/bundle/reveal.ts");
      const date = flags.date ?? new Date().toISOString().slice(0, 10);
      const { id } = revealBundle(system, folder, flags.out, date);
      system.stdout(`revealed on ${date}: ${id}\nwrote ${flags.out}\n`);
    });
}

/** `data verify`: was what is revealed what was published? */
export function verifyCommand(system: System): Command {
  return new Command("verify")
    .description("check that a revealed set has the users, worlds and rewards that participants were given")
    .argument("<published-set>", "what participants had: a folder, or hf:OWNER/NAME")
    .argument("<revealed-set>", "what was revealed: a folder, or hf:OWNER/NAME")
    .action(async (published: string, revealed: string) => {
      const { verifyReveal } = await import("../../app/bundle/reveal.ts");
      const users = await verifyReveal(system, published, revealed);
      system.stdout(
        `as published: ${users} users, the worlds that were committed to, and the train rewards in them\n`,
      );
    });
}
