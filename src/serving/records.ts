import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A process by its number and when it began. */
export interface Born {
  readonly pid: number;
  readonly born: string;
}

/** A server that was started, for whoever finds it without the process that started it. */
export interface ServerRecord {
  /** In the environment of the server and of all that it starts. */
  readonly token: string;
  /** The command as people read it. */
  readonly command: string;
  /** Machine and numbering of processes: elsewhere the numbers mean nothing. */
  readonly space: string;
  readonly owner: Born;
  /** The leader of the server's process group; absent until it is started. */
  readonly group?: Born;
}

/** Where records of all runs of one person lie: what is left of a run is found by the next one, whatever its directory. */
export function recordsFolder(env: Readonly<Record<string, string | undefined>>): string {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local", "state");
  return join(state, "apm-bench", "servers");
}

/** @throws Error of the file system */
export function keepRecord(folder: string, record: ServerRecord): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${record.token}.json`);
  writeFileSync(`${path}.part`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}

export function dropRecord(folder: string, { token }: Pick<ServerRecord, "token">): void {
  rmSync(join(folder, `${token}.json`), { force: true });
}

/** All records; what is no record is none. */
export function recordsIn(folder: string): ServerRecord[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const [, token] = /^([0-9a-f]{32})\.json$/.exec(name) ?? [];
    const record = token === undefined ? undefined : parsed(join(folder, name));
    return record?.token === token ? [record as ServerRecord] : [];
  });
}

function parsed(path: string): ServerRecord | undefined {
  try {
    const { token, command, space, owner, group } = JSON.parse(readFileSync(path, "utf8")) as ServerRecord;
    const isBorn = (it: unknown): it is Born => {
      const { pid, born } = it as Born;
      return Number.isInteger(pid) && pid > 1 && typeof born === "string" && born !== "";
    };
    if (!isBorn(owner) || (group !== undefined && !isBorn(group))) return undefined;
    return { token, command: String(command), space, owner, ...(group && { group }) };
  } catch {
    return undefined;
  }
}
