import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { importedUserSchema } from "./imported.ts";
import { importUser, paperConversations } from "./paper-format.ts";

it("ten real users in the paper's form are read whole, and are users that a run takes", () => {
  const lines = readFileSync("../shared/reference-data/rewritten-users.jsonl", "utf8").trimEnd().split("\n");
  const users = lines.map((line) =>
    importUser(paperConversations.parse(JSON.parse(line)), undefined, undefined, "f"),
  );
  expect(users).toHaveLength(10);
  for (const user of users) {
    expect(importedUserSchema.parse(user)).toEqual(user);
    expect(user.prompts.length).toBeGreaterThanOrEqual(3);
  }
});
