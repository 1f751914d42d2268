import { writeSync } from "node:fs";
import { StoppedError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { nodeFiles } from "./node-files.ts";

/** The system of a real process, in the folder it was started in or another. */
export function nodeSystem(cwd: string = process.cwd()): System {
  const stop = new AbortController();
  const onSignal = (): void => {
    // A second Ctrl-C ends at once: the default action is back.
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
    stop.abort(new StoppedError("stopped on request"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    ...nodeFiles(cwd),
    env: process.env,
    isTerminal: process.stderr.isTTY === true,
    columns: () => process.stderr.columns,
    stdout: (text) => writeAll(1, text),
    stderr: (text) => writeAll(2, text),
    stopSignal: stop.signal,
  };
}

/** Synchronous and complete, also into a pipe that is full for a moment; a reader that went away is no error. */
function writeAll(fd: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
