import { spawnCli, startCli } from "./run-cli.ts";

export interface StartedViewer {
  /** With the token. */
  readonly url: string;
  /** What it wrote to standard error so far. */
  stderr(): string;
  /** Ends it as Ctrl-C does; its exit code. */
  stop(): Promise<number | null>;
}

const commandOf = (runs: readonly string[], flags: readonly string[]): string[] => [
  "view",
  ...runs,
  "--json",
  ...flags,
];
const urlIn = (line: string): string => (JSON.parse(line) as { url: string }).url;

/** `apm-bench view` in this process, in the folder `cwd`. */
export async function startViewer(
  runs: readonly string[],
  flags: readonly string[] = [],
  cwd: string = process.cwd(),
): Promise<StartedViewer> {
  const heard = Promise.withResolvers<void>();
  const { done, printed, stop } = startCli(commandOf(runs, flags), cwd, {}, () => {
    if (printed.stdout.includes("\n")) heard.resolve();
  });
  void done.then(({ code, stderr }) => heard.reject(new Error(`the viewer ended with ${code}: ${stderr}`)));
  await heard.promise;
  return {
    url: urlIn(printed.stdout),
    stderr: () => printed.stderr,
    async stop() {
      stop();
      return (await done).code;
    },
  };
}

/** The same as a process of its own, whose time and memory are its own: for measurements. */
export async function spawnViewer(
  runs: readonly string[],
): Promise<StartedViewer & { readonly pid: number }> {
  const { child, done } = spawnCli(commandOf(runs, []), process.cwd());
  let [out, err] = ["", ""];
  child.stderr?.on("data", (data) => (err += data));
  const url = await new Promise<string>((started, failed) => {
    child.stdout?.on("data", (data) => {
      out += data;
      if (out.includes("\n")) started(urlIn(out));
    });
    void done.then(({ code, stderr }) => failed(new Error(`the viewer ended with ${code}: ${stderr}`)));
  });
  return {
    url,
    pid: child.pid as number,
    stderr: () => err,
    async stop() {
      child.kill("SIGINT");
      return (await done).code;
    },
  };
}
