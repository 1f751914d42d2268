import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contentKey } from "../../src/core/hash.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
function stored(name: string, texts: readonly string[]): void {
  mkdirSync(join(folder, name), { recursive: true });
  const store = openSqliteStore(join(folder, name, "calls.sqlite"));
  for (const [i, text] of texts.entries()) {
    store.putCall(contentKey(`${i}`), { text, finishReason: "stop", inputTokens: 1, outputTokens: 1 });
  }
  store.close();
}

describe("store merge", () => {
  it("takes directories and files, and says what it has found", async () => {
    stored("a", ["x"]);
    stored("b", ["y", "z"]);
    const merged = await runCli(["store", "merge", "all", "a", "b/calls.sqlite", "--json"], folder);
    expect(merged).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(merged.stdout)).toMatchObject({
      into: "all",
      sources: [
        { from: "a", calls: 1, conflicts: 0 },
        { from: "b/calls.sqlite", calls: 1, conflicts: 1 },
      ],
      total: { calls: 2, conflicts: 1, damaged: 0, spent: { calls: 0, usd: 0 } },
    });
    const again = await runCli(["store", "merge", "all", "a", "b"], folder);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("1 had another answer than the one in all, which stays.");
  });

  it("refuses what is missing, and a directory in use", async () => {
    const missing = await runCli(["store", "merge", "all", "none"], folder);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no store here") });
    const { lockDirectory } = await import("../../src/store/lock.ts");
    const lock = lockDirectory(join(folder, "held"));
    const held = await runCli(["store", "merge", "held", "a"], folder);
    lock.release();
    expect(held).toMatchObject({ code: 2, stderr: expect.stringContaining("in use") });
  });
});
