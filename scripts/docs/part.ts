import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../../test/support/run-cli.ts";

const root = join(import.meta.dirname, "..", "..");

/** Some of the figures, tables and quoted outputs of README and docs, which are made together. */
export interface Part {
  /** What it makes, for the list of parts. */
  readonly about: string;
  /** Seconds of computing and nothing else needed, minutes, or something that a bare clone lacks. */
  readonly cost: "seconds" | "minutes" | "needs";
  /** The text of every key that pages ask this part for; writes the pictures that belong to it. */
  make(bench: Workbench): Promise<Readonly<Record<string, string>>>;
}

/** Where a part works: a folder that it keeps from one time to the next, so that calls are not made twice. */
export class Workbench {
  readonly folder: string;
  /** Whether files of docs/ are written, too. */
  private readonly writes: boolean;

  constructor(folder: string, writes: boolean) {
    this.folder = folder;
    this.writes = writes;
  }

  /** Runs a command of apm-bench in the folder and gives what it prints. @throws Error when it fails */
  async print(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, this.folder);
    if (code !== 0) throw new Error(`apm-bench ${args.join(" ")} ended with ${code}:\n${stderr}`);
    return stdout;
  }

  /** A file that a command has written. */
  text(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** The same, of JSON. */
  read<T>(path: string): T {
    return JSON.parse(this.text(path)) as T;
  }

  /** Shows a figure that a command has written, under a name of docs/figures. */
  figure(path: string, name: string): void {
    if (this.writes) copyFileSync(join(this.folder, path), join(root, "docs", "figures", `${name}.svg`));
  }
}

/** The paragraph of an output that begins with a line like `head`, as a block of code. */
export function quoted(output: string, head: RegExp): string {
  const lines = output.split("\n").map((line) => line.trimEnd());
  const from = lines.findIndex((line) => head.test(line));
  if (from < 0) throw new Error(`no line like ${head} among ${lines.slice(0, 5).join(" / ")} ...`);
  const length = lines.slice(from).indexOf("");
  return ["```", ...lines.slice(from, length < 0 ? undefined : from + length), "```"].join("\n");
}

/** A table of Markdown; the first column is text, the others are figures. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.join(" | ")} |`.replace(/\| {2}(?=\|)/g, "| ");
  return [line(head), `| --- |${" ---: |".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}
