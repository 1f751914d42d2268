import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { memorySystem } from "../../../test/support/memory-system.ts";
import { COMMANDS } from "../commands.ts";
import { main } from "../main.ts";

async function scriptFor(shell: string): Promise<string> {
  const { system, printed } = memorySystem();
  expect(await main(["completion", shell], system)).toBe(0);
  return printed.stdout;
}

/** What Bash offers at the end of a line. */
function offered(script: string, ...words: string[]): string[] {
  const quoted = ["apm-bench", ...words].map((word) => `'${word}'`).join(" ");
  const shell = `${script}\ncompopt() { echo FILES; }\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length}\n_apm_bench\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["--norc", "-c", shell], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

describe("completion for Bash", async () => {
  const script = await scriptFor("bash");

  it("offers every command, and those that begin alike", () => {
    expect(offered(script, "")).toEqual([...COMMANDS.map(({ name }) => name), "--help", "--version"]);
    expect(offered(script, "re")).toEqual(
      COMMANDS.map(({ name }) => name).filter((name) => name.startsWith("re")),
    );
  });

  it("offers a command's flags, its subcommands, and the values of a flag that has a list of them", () => {
    expect(offered(script, "run", "--pre")).toEqual(["--preset"]);
    expect(offered(script, "judges", "")).toEqual(expect.arrayContaining(["FILES", "run", "compare"]));
    expect(offered(script, "judges", "run", "--conv")).toEqual(["--conversations"]);
    expect(offered(script, "export", "runs/x", "--format", "")).toEqual([
      "parquet",
      "every-eval-ever",
      "inspect",
    ]);
    expect(offered(script, "run", "--preset", "ti")).toEqual(["tiny"]);
  });

  it("leaves files to the shell where a file is meant", () => {
    expect(offered(script, "report", "ru")).toEqual(["FILES"]);
    expect(offered(script, "run", "--out", "ru")).toEqual(["FILES"]);
  });
});

describe("completion for Zsh and Fish", () => {
  it.each(["zsh", "fish"])("%s: names every command and the flags of its subcommands", async (shell) => {
    const script = await scriptFor(shell);
    for (const { name } of COMMANDS) expect(script).toContain(name);
    expect(script).toContain("conversations");
    expect(script).toContain("every-eval-ever");
  });

  it("of another shell is wrong usage", async () => {
    const { system } = memorySystem();
    expect(await main(["completion", "cmd.exe"], system)).toBe(2);
  });
});
