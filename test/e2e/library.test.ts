import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { defineConfig, defineMethod, readRun, run, StoppedError, UsageError } from "../../src/index.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const root = resolve(import.meta.dirname, "..", "..");
const index = join(root, "src", "index.ts");
const SMALL = { pool: "k2", users: { train: 8, validation: 4, test: 6 }, worlds: 2 } as const;
const echo = defineMethod({
  id: "echo",
  version: "1",
  answer: async ({ prompt }) => ({ text: `You asked: ${prompt}` }),
});

describe("the library", () => {
  it("runs its documented example", async () => {
    const folder = temporaryFolder();
    const text = readFileSync(join(root, "docs", "library.md"), "utf8");
    const example = /```ts\n([\s\S]*?)```/.exec(text)?.[1] as string;
    writeFileSync(
      join(folder, "example.ts"),
      example.replace('"apm-bench"', `"${pathToFileURL(index).href}"`),
    );
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["example.ts"], { cwd: folder });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^none 0 null/);
    expect(stdout).toMatch(/^brief /m);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^true 0\.6/);
    expect(existsSync(join(folder, "runs", "first", "report.html"))).toBe(true);
  });

  it("takes objects of one's own, in the configuration or beside it; other commands say why they cannot", async () => {
    const cwd = temporaryFolder();
    const twice = { ...echo, id: "echo-twice", title: "echo, twice" };
    const options = { cwd, methods: [twice] };
    const { results, samples } = await run({ ...SMALL, methods: ["none", echo], out: "own" }, options);
    expect(results.methods.map(({ name }) => name)).toEqual(["none", "echo", "echo, twice"]);
    for (const { method, answer } of samples()) if (method !== "none") expect(answer).toMatch(/^You asked: /);
    const audit = await runCli(["audit", "own"], cwd);
    expect(audit.code).toBe(2);
    expect(audit.stderr).toContain('there is no method "echo" any more');
    expect((await readRun("own", { cwd })).results).toEqual(results);
  });

  it("stops when its signal says so, and goes on with what is stored", async () => {
    const cwd = temporaryFolder();
    const stop = new AbortController();
    const config = { ...SMALL, methods: ["none", "in-context"] as const, out: "stopped" };
    const onEvent = (event: { type: string; stage?: string }): void => {
      if (event.stage?.startsWith("world")) stop.abort();
    };
    await expect(run(config, { cwd, signal: stop.signal, onEvent })).rejects.toBeInstanceOf(StoppedError);
    const notes: string[] = [];
    const again = await run(config, {
      cwd,
      onEvent: (event) => {
        if (event.type === "note") notes.push(event.message);
      },
    });
    expect(notes.join("\n")).toMatch(/continuing with \d+ stored calls/);
    expect(again.results.methods).toHaveLength(2);
  });

  it("says what is wrong with a configuration", async () => {
    const wrong = { ...SMALL, historyLength: -1, out: "wrong" };
    await expect(run(wrong, { cwd: temporaryFolder() })).rejects.toBeInstanceOf(UsageError);
  });

  it("types every method's options; `tsc` checks these lines", () => {
    defineConfig({
      methods: ["none", { id: "routing", labels: "soft" }, { id: "rag-exemplar", k: 5 }, echo],
    });
    // @ts-expect-error: no such option
    defineConfig({ methods: [{ id: "routing", lables: "soft" }] });
    // @ts-expect-error: no such value
    defineConfig({ methods: [{ id: "routing", labels: "hard" }] });
    // @ts-expect-error: an option of another method
    defineConfig({ methods: [{ id: "in-context", k: 3 }] });
    // @ts-expect-error: no such method
    defineConfig({ methods: ["ruoting"] });
    // @ts-expect-error: without a version nobody knows when stored answers are old
    defineMethod({ id: "mine", answer: async () => ({ text: "" }) });
    expect(echo.id).toBe("echo");
  });
});

/** The files that a file loads, directly or not, by static and dynamic imports. */
function reachable(from: string, dynamic: boolean): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!file.endsWith(".ts")) return;
    const text = readFileSync(file, "utf8");
    const pattern = dynamic ? /(?:from|import)\s*\(?\s*"([^"]+)"/g : /(?:from|^import)\s+"([^"]+)"/gm;
    for (const [, target] of text.matchAll(pattern)) {
      visit(
        (target as string).startsWith(".") ? resolve(dirname(file), target as string) : (target as string),
      );
    }
  };
  visit(from);
  return seen;
}

describe("src/index.ts", () => {
  it("loads no command line", () => {
    const loaded = [...reachable(index, true)].map((file) => relative(root, file));
    expect(loaded).toContain(join("src", "app", "compose.ts"));
    expect(
      loaded.filter((file) => file.startsWith(join("src", "cli")) || file.endsWith("commander")),
    ).toEqual([]);
  });

  it("describes every export where it is declared", () => {
    const text = readFileSync(index, "utf8");
    const undescribed: string[] = [];
    for (const [, names, file] of text.matchAll(/export (?:type )?\{([^}]*)\} from "([^"]+)"/g)) {
      const source = readFileSync(resolve(dirname(index), file as string), "utf8").split("\n");
      for (const name of (names as string)
        .split(",")
        .flatMap((n) => n.replace(/\btype\b/, "").trim() || [])) {
        const declared = new RegExp(`^export (?:async )?(?:function|const|class|interface|type) ${name}\\b`);
        const at = source.findIndex((line) => declared.test(line));
        expect(at, `${name} in ${file}`).toBeGreaterThanOrEqual(0);
        if (!source[at - 1]?.trimEnd().endsWith("*/")) undescribed.push(`${name} (${file})`);
      }
    }
    expect(undescribed).toEqual([]);
  });
});
