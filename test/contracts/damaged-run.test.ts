import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const FLAGS = [
  ...["--preset", "smoke", "--methods", "none,routing", "--json"],
  ...["--set", 'users={"train":8,"validation":3,"test":5}'],
];
const run = async (out: string) => {
  const { code, stdout, stderr } = await runCli(["run", ...FLAGS, "--out", out], folder);
  expect(code, stderr).toBe(0);
  const { usage, ...results } = JSON.parse(stdout) as { usage: { calls: number }[] };
  return { stderr, results, calls: usage.reduce((sum, row) => sum + row.calls, 0) };
};

it("a store whose bytes have changed changes no result: what was damaged is asked again, counted and said", async () => {
  const { results } = await run("out");
  const store = join(folder, "out", "calls.sqlite");
  const db = new DatabaseSync(store);
  db.exec("UPDATE calls SET text = '1' WHERE id IN (SELECT id FROM calls WHERE text GLOB '[2-9]' LIMIT 3)");
  db.exec("UPDATE calls SET output = output + 1 WHERE id = 5");
  db.close();

  const again = await run("out");
  expect(again.results).toEqual(results);
  expect(again.calls).toBe(4);
  expect(again.stderr).toMatch(/warning: 4 stored answers were damaged/);

  const mended = await run("out");
  expect([mended.results, mended.calls]).toEqual([results, 0]);
  expect(mended.stderr).not.toContain("damaged");

  // A page that SQLite cannot make sense of.
  const bytes = readFileSync(store);
  bytes.fill(0xff, 4096 * 5, 4096 * 5 + 100);
  writeFileSync(store, bytes);
  const saved = await run("out");
  expect(saved.results).toEqual(results);
  expect(saved.stderr).toMatch(/the store was damaged: \d+ calls .* are kept.*calls\.damaged-1\.sqlite/);
});
