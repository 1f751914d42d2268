import { spawn } from "node:child_process";
import { resolve } from "node:path";

export interface StartedViewer {
  /** With the token. */
  readonly url: string;
  readonly pid: number;
  /** What it wrote to standard error so far. */
  stderr(): string;
  /** Ends it as Ctrl-C does; its exit code. */
  stop(): Promise<number | null>;
}

const BIN = resolve(import.meta.dirname, "../../bin/apm-bench.js");

/** `apm-bench view` as a process of its own, in the folder `cwd`. */
export async function startViewer(
  runs: readonly string[],
  flags: readonly string[] = [],
  cwd?: string,
): Promise<StartedViewer> {
  const child = spawn(process.execPath, [BIN, "view", ...runs, "--json", ...flags], { cwd });
  let [out, err] = ["", ""];
  child.stderr.on("data", (data) => (err += data));
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  const url = await new Promise<string>((started, failed) => {
    child.stdout.on("data", (data) => {
      out += data;
      if (out.includes("\n")) started((JSON.parse(out) as { url: string }).url);
    });
    void ended.then((code) => failed(new Error(`the viewer ended with ${code}: ${err}`)));
  });
  return {
    url,
    pid: child.pid as number,
    stderr: () => err,
    stop() {
      child.kill("SIGINT");
      return ended;
    },
  };
}
