import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { memorySystem } from "../../../test/support/memory-system.ts";
import { attributesCommand } from "./attributes.ts";
import { judgesCommand } from "./judges.ts";
import { languageCommand } from "./language.ts";

/* What only the real files show; the commands as such are tested on made-up ones in file-studies.test.ts. */
const shared = "../shared/reference-data";
const judgeFiles = readdirSync(`${shared}/judge-scores`).map((name) => join(shared, "judge-scores", name));

/** Standard output of a command. */
async function printedBy(...args: readonly string[]): Promise<string> {
  const { system, printed } = memorySystem();
  const program = new Command();
  for (const make of [judgesCommand, attributesCommand, languageCommand]) program.addCommand(make(system));
  await program.parseAsync([...args], { from: "user" });
  return printed.stdout;
}

test("13 real judges are compared, and gpt-oss-120b is the best balanced", async () => {
  const { rows, overall } = JSON.parse(await printedBy("judges", "compare", ...judgeFiles, "--json"));
  expect(rows.length).toBe(78);
  expect(overall[0].judge).toBe("gpt_oss_120b");
});

test("112 real candidates are selected from, up to ten components", async () => {
  const files = [
    `${shared}/response-ratings-glm-4.5-air-1000x112.npy`,
    "--names",
    `${shared}/candidate-attributes.json`,
  ];
  const found = JSON.parse(await printedBy("attributes", "select", ...files, "--k", "3", "--json"));
  expect(found.solutions.map(({ k }: { k: number }) => k)).toEqual([2, 3, 4, 6, 8, 10]);
  expect(found.removed).toContain("sarcastic");
});

test("real users' language: exclamations mark the enthusiastic", async () => {
  const users = `${shared}/rewritten-users.jsonl`;
  const printed = await printedBy("language", users, "--attribute", "enthusiastic", "--top", "3");
  expect(printed).toMatch(/enthusiastic +! +14\.3/);
  expect(printed).toContain("set against all users without the attribute: enthusiastic");
});
