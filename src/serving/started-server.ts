import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { UsageError } from "../core/errors.ts";
import { endServer, TOKEN_VARIABLE } from "./ending.ts";
import { guardGroup } from "./live.ts";
import { birthOf, processSpace } from "./processes.ts";
import { type Born, dropRecord, keepRecord, type ServerRecord } from "./records.ts";

/** How a server is started, and where its traces go. */
export interface ServerStart {
  readonly words: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it prints is added to this file. */
  readonly log: string;
  /** Folder of the records of servers. */
  readonly records: string;
}

/** A server that was started. */
export interface StartedServer {
  isRunning(): boolean;
  /** How it ended, in words: "ended with code 1". */
  readonly ended: Promise<string>;
  /** Ends it with all that it has started. */
  stop(): Promise<void>;
}

/** How long the system may take to tell that a process has ended. */
const REAPING_MS = 1_000;

/**
 * Starts a program as the leader of a process group of its own, which Ctrl-C in a terminal does not reach. Its record is
 * written before it is started, so that it is found whenever this process may end.
 * @throws UsageError when log or record cannot be written
 */
export function startServer({ words, cwd, env, log, records }: ServerStart): StartedServer {
  const token = randomBytes(16).toString("hex");
  const command = words.join(" ");
  const owner: Born = { pid: process.pid, born: birthOf(process.pid) };
  const record: ServerRecord = { token, command, space: processSpace(), owner };
  const output = prepare(log, () => keepRecord(records, record));
  let child: ChildProcess;
  try {
    writeSync(output, `--- ${new Date().toISOString()} ${command}\n`);
    const [program, ...args] = words;
    child = spawn(program, args, {
      cwd,
      env: { ...env, [TOKEN_VARIABLE]: token },
      detached: true,
      stdio: ["ignore", output, output],
    });
  } finally {
    closeSync(output);
  }
  const { pid } = child;
  const group = pid === undefined ? undefined : { pid, born: birthOf(pid) };
  const known = group === undefined || group.born === "" ? record : { ...record, group };
  if (known.group !== undefined) keepRecord(records, known);
  // Nobody has to wait for it: whoever forgets to stop it ends it by ending.
  child.unref();
  const release = pid === undefined ? () => {} : guardGroup(pid);
  let isRunning = pid !== undefined;
  const ended = new Promise<string>((resolve) => {
    const end = (words: string): void => {
      isRunning = false;
      resolve(words);
    };
    child.on("error", ({ message }) => end(`cannot be started (${message})`));
    child.on("exit", (code, signal) =>
      end(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
  });
  return {
    isRunning: () => isRunning,
    ended,
    async stop() {
      await endServer(known);
      // A process that not even SIGKILL ends is not waited for.
      await Promise.race([ended, pause(REAPING_MS)]);
      release();
      dropRecord(records, record);
    },
  };
}

function prepare(log: string, keep: () => void): number {
  try {
    mkdirSync(dirname(log), { recursive: true });
    keep();
    return openSync(log, "a");
  } catch (error) {
    throw new UsageError(`a server cannot be started: ${(error as Error).message}`, {
      where: log,
      remedy: "make the folder writable; records of servers lie in XDG_STATE_HOME (~/.local/state)",
      cause: error,
    });
  }
}

const TAIL_BYTES = 16_384;

/** The last lines of a log that say something. */
export function tailOf(log: string, lines: number): string {
  let file: number | undefined;
  try {
    file = openSync(log, "r");
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const said = bytes
      .toString("utf8")
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "");
    return said.slice(-lines).join("\n");
  } catch {
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
