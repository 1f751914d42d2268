import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { COMMANDS } from "./commands.ts";
import { main } from "./main.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const names = COMMANDS.map(({ name }) => name);

/** What a file's start loads: sources from the root, and packages. Types and `await import()` are not among it. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.endsWith(".ts")) return seen;
  const text = readFileSync(join(ROOT, file), "utf8");
  for (const [, wanted = ""] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)"/gm)) {
    if (wanted.startsWith(".")) loadedBy(relative(ROOT, join(ROOT, dirname(file), wanted)), seen);
    else seen.add(wanted);
  }
  return seen;
}

const packagesOf = (file: string): string[] =>
  [...loadedBy(file)].filter((name) => !name.startsWith("src/") && !/^node:|\.json$/.test(name));

describe("a command", () => {
  test.each(names)("%s says in its own help what the overview says of it", async (name) => {
    const { system, printed } = memorySystem();
    expect(await main([name, "--help"], system)).toBe(0);
    const { summary } = COMMANDS.find((c) => c.name === name) as (typeof COMMANDS)[number];
    const words = (text: string): string => text.replace(/\s+/g, " ");
    expect(words(printed.stdout)).toContain(words(summary));
    expect(words(printed.stdout)).toContain(`Usage: apm-bench ${name}`);
    expect(printed.stderr).toBe("");
  });

  test("is loaded with nothing that its help does not need: no package but the one that parses arguments", () => {
    const files = names.map((name) => `src/cli/commands/${name}.ts`);
    expect(["src/cli/bin.ts", ...files].map((file) => [file, packagesOf(file)])).toEqual(
      ["src/cli/bin.ts", ...files].map((file) => [file, ["commander"]]),
    );
  });
});

describe("the overview", () => {
  test("names every command", async () => {
    const { system, printed } = memorySystem();
    expect(await main(["--help"], system)).toBe(0);
    for (const name of names) expect(printed.stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  test.each([
    ["rnu", /unknown command 'rnu'\n\(Did you mean run\?\)/],
    ["run --presett smoke", /unknown option '--presett'\n\(Did you mean --preset\?\)/],
    ["judges comapre", /unknown command 'comapre'\n\(Did you mean compare\?\)/],
  ])("knows what was meant by `%s`", async (line, expected) => {
    const { system, printed } = memorySystem();
    expect(await main(line.split(" "), system)).toBe(2);
    expect(printed.stderr).toMatch(expected);
    expect(printed.stdout).toBe("");
  });
});
