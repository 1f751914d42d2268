import { setTimeout as pause } from "node:timers/promises";
import { birthOf, membersOf, processesWith, processSpace, signal } from "./processes.ts";
import { dropRecord, recordsIn, type ServerRecord } from "./records.ts";

/** The variable by which all processes of a server are known. */
export const TOKEN_VARIABLE = "APM_BENCH_SERVER";
/** A server may have something to put in order. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;

/**
 * Ends all processes of a server: its group, while the group's leader is the process that was started or nobody, and
 * whatever bears its token; by SIGTERM, and after ten seconds by SIGKILL. Whoever was given one of its numbers since is
 * left alone.
 */
export async function endServer(record: Pick<ServerRecord, "token" | "group">): Promise<void> {
  const left = (): boolean => ownProcesses(record).length > 0;
  const end = (name: NodeJS.Signals): void => {
    for (const pid of ownProcesses(record)) signal({ pid }, name);
  };
  end("SIGTERM");
  for (let waited = 0; left() && waited < PATIENCE_MS; waited += LOOK_MS) await pause(LOOK_MS);
  for (let waited = 0; left() && waited < PATIENCE_MS; waited += LOOK_MS) {
    end("SIGKILL");
    await pause(LOOK_MS);
  }
}

function ownProcesses({ token, group }: Pick<ServerRecord, "token" | "group">): number[] {
  const isOurs = group !== undefined && birthOf(group.pid) === group.born;
  return [...new Set([...(isOurs ? membersOf(group.pid) : []), ...processesWith(TOKEN_VARIABLE, token)])];
}

/**
 * Ends the servers of processes that are gone (kill -9, a crash) and forgets them.
 * @param tell told of each server that was found at work
 */
export async function endLeftServers(folder: string, tell: (words: string) => void): Promise<void> {
  const space = processSpace();
  for (const record of recordsIn(folder)) {
    const { owner, command } = record;
    if (record.space !== space || birthOf(owner.pid) === owner.born) continue;
    if (ownProcesses(record).length > 0) {
      tell(`ending a server that an earlier run has left behind: ${command}`);
      await endServer(record);
    }
    dropRecord(folder, record);
  }
}
