import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";

interface LeaderboardFlags {
  readonly out: string;
  readonly revealed?: string;
  readonly json?: boolean;
}

/** `leaderboard`: results on one frozen set as one page. */
export function leaderboardCommand(system: System): Command {
  return new Command("leaderboard")
    .argument("<results...>", "directories of runs on one frozen set, or of scored answers")
    .requiredOption("--out <dir>", "folder of the page (index.html, leaderboard.json, tables)")
    .option(
      "--revealed <date>",
      "day on which hidden worlds were revealed, or the folder of the revealed set",
    )
    .option("--json", "print the leaderboard as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (results: string[], { out, revealed, json }: LeaderboardFlags) => {
      const { makeLeaderboard } = await import("../../app/study/leaderboard.ts");
      const { presentStudy } = await import("../present-study.ts");
      await presentStudy(system, makeLeaderboard(system, results, out, revealed), { json });
    });
}

const EXAMPLES = `
Examples:
  apm-bench leaderboard runs/ours runs/score-theirs --out page
  apm-bench leaderboard runs/* --out page --revealed 2026-12-01
`;
