import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { nodeFiles } from "../../src/app/node-files.ts";
import { main } from "../../src/cli/main.ts";
import { StoppedError } from "../../src/core/errors.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "apm-bench.js");

export interface CliResult {
  /** The exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type CliEnvironment = Readonly<Record<string, string>>;

/** A command that was started and may still be at work. */
export interface StartedCli {
  readonly done: Promise<CliResult>;
  /** What it has printed so far. */
  readonly printed: { readonly stdout: string; readonly stderr: string };
  /** Asks it to stop, as Ctrl-C does. */
  stop(): void;
}

/**
 * Starts the command line in this process, on the real disk below `cwd`. No process is spawned and no module loaded
 * again, so that a case costs what the command itself does: the way for all tests but those of processes.
 *
 * @param env the whole environment that the command sees
 * @param hears called with every piece of text that is printed
 */
export function startCli(
  args: readonly string[],
  cwd: string,
  env: CliEnvironment = {},
  hears: (text: string) => void = () => {},
): StartedCli {
  const stopping = new AbortController();
  const printed = { stdout: "", stderr: "" };
  const system = {
    ...nodeFiles(cwd),
    env,
    isTerminal: false,
    stdout: (text: string) => {
      printed.stdout += text;
      hears(text);
    },
    stderr: (text: string) => {
      printed.stderr += text;
      hears(text);
    },
    stopSignal: stopping.signal,
  };
  return {
    done: main(args, system).then((code) => ({ code, ...printed })),
    printed,
    stop: () => stopping.abort(new StoppedError("stopped on request")),
  };
}

/** Runs the command line in this process, to its end. */
export function runCli(args: readonly string[], cwd: string, env: CliEnvironment = {}): Promise<CliResult> {
  return startCli(args, cwd, env).done;
}

/**
 * Starts the command line as a process of its own in `cwd`: for tests of signals, kills and the program's own file.
 *
 * @param env added to a bare environment
 */
export function spawnCli(
  args: readonly string[],
  cwd: string,
  env: CliEnvironment = {},
): { child: ChildProcess; done: Promise<CliResult> } {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env: { PATH: process.env.PATH, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (piece) => (stdout += piece));
  child.stderr.on("data", (piece) => (stderr += piece));
  const done = new Promise<CliResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, done };
}
