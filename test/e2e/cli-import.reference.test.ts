import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { expectImportedRun } from "../support/imported-run.ts";
import type { PaperUser } from "../support/paper-users.ts";

const folder = temporaryFolder();

it("real users are the test users of a run, with their histories as a real model wrote them", async () => {
  const lines = readFileSync("../shared/reference-data/rewritten-users.jsonl", "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(10);
  await expectImportedRun(
    folder,
    lines.map((line): PaperUser => JSON.parse(line)),
  );
});
