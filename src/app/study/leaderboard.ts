import { join } from "node:path";
import { MANIFEST } from "../../bundle/manifest.ts";
import { openBundle } from "../../bundle/open.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { readRun } from "../../run-folder/read-run.ts";
import { joinResults } from "../../studies/leaderboard/join.ts";
import { leaderboardOutline } from "../../studies/leaderboard/outline.ts";
import type { LeaderboardRecord } from "../../studies/leaderboard/record.ts";
import type { FinishedStudy } from "./finished-study.ts";

/** Names inside the page's folder: contracts with scripts. */
const FILES = { record: "leaderboard.json", page: "index.html" };

/**
 * Joins finished runs on one frozen set into a page. Asks no model.
 * @param revealed ISO date of the reveal of hidden worlds, or the folder of the revealed set
 * @throws UsageError for results that cannot stand on one page
 */
export function makeLeaderboard(
  system: System,
  folders: readonly string[],
  out: string,
  revealed: string | undefined,
): FinishedStudy<LeaderboardRecord> {
  const runs = folders.map((folder) => ({ folder, ...readRun(system, folder) }));
  const record = joinResults(runs, revealed === undefined ? undefined : dateOf(system, revealed));
  return { record, outline: leaderboardOutline(record), folder: out, files: FILES, also: [] };
}

function dateOf(system: System, revealed: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(revealed) && !Number.isNaN(Date.parse(revealed))) return revealed;
  const date = system.exists(join(revealed, MANIFEST))
    ? openBundle(system, revealed).manifest.hidden?.revealed
    : undefined;
  if (date !== undefined) return date;
  throw new UsageError(`"${revealed}" is neither a date nor a revealed set`, {
    where: "--revealed",
    remedy: "write YYYY-MM-DD, or the folder that `apm-bench data reveal` wrote",
  });
}
