import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/commands.ts";
import { memorySystem } from "./support/memory-system.ts";

/** Options of the servers that a remedy speaks of: vLLM's and llama.cpp's. */
const OF_SERVERS = new Set([
  "--reasoning-parser",
  "--reasoning-format",
  "--chat-template",
  "--ctx-size",
  "--max-model-len",
  "--return-tokens-as-token-ids",
  "--served-model-name",
]);

/** What a remedy tells to start besides apm-bench, with its options. */
const OTHER_PROGRAMS = /(?:apm-trainer|vllm) [a-z]+ [^)`;"]*/g;

/** Commands that go through a run's store and pay for nothing, so that no budget of theirs is ever spent. */
const NEVER_PAYING = new Set(["export", "data"]);

const ROOT = resolve(import.meta.dirname, "..");
const text = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Options of each command, those of its subcommands included. */
const options = new Map<string, ReadonlySet<string>>();
for (const { name, load } of COMMANDS) {
  const command = (await load())(memorySystem().system, () => {}, COMMANDS);
  const flags = (of: Command): string[] => [
    ...of.options.flatMap(({ long }) => long ?? []),
    ...of.commands.flatMap(flags),
  ];
  options.set(name, new Set([...flags(command), "--help"]));
}

/** Sources that a command can come to, through imports of values, the late ones included. */
function reachedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !file.endsWith(".ts")) return seen;
  seen.add(file);
  for (const [, wanted = ""] of text(file).matchAll(
    /(?:^(?:import|export) (?!type )[^;]*?from|await import\()\s*"(\.[^"]+)"/gm,
  )) {
    reachedBy(relative(ROOT, resolve(ROOT, dirname(file), wanted)), seen);
  }
  return seen;
}
const reached = new Map(COMMANDS.map(({ name }) => [name, reachedBy(`src/cli/commands/${name}.ts`)]));

/** The remedies of a file with the options that each names: `apm-bench NAME --x` of that command, else of whoever says it. */
function optionsNamed(file: string): { command: string | undefined; option: string }[] {
  const remedies = text(file).match(/\bremedy:?[\s\S]*?(?:,\n|\n\s*\}|;\n)/g) ?? [];
  return remedies.flatMap((remedy) =>
    [
      ...remedy.replaceAll(OTHER_PROGRAMS, "").matchAll(/(?:apm-bench ([a-z]+)[^`;,"]*?)?(--[a-z][a-z-]+)/g),
    ].map(([, command, option = ""]) => ({ command, option })),
  );
}

const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => join("src", file));

describe("options that a remedy names", () => {
  it("are some", () => {
    expect(sources.flatMap(optionsNamed).length).toBeGreaterThan(15);
  });

  it("are options of the command that gives the advice, whichever it is", () => {
    const wrong = sources.flatMap((file) =>
      optionsNamed(file).flatMap(({ command, option }) => {
        const commands =
          command === undefined
            ? [...reached].filter(([, files]) => files.has(file)).map(([name]) => name)
            : [command];
        return commands
          .filter((name) => !options.get(name)?.has(option) && !OF_SERVERS.has(option))
          .filter((name) => option !== "--budget-more" || !NEVER_PAYING.has(name))
          .map((name) => `${file}: ${name} has no ${option}`);
      }),
    );
    expect(wrong).toEqual([]);
  });
});
