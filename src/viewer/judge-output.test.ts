import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scriptedModel } from "../../test/contracts/scripted-model.ts";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { runFixture } from "../../test/support/run-fixture.ts";
import type { GenerateResult } from "../core/ports/language-model.ts";
import { createJudge } from "../judge/judge.ts";
import { cachedModel } from "../providers/decorators/cached.ts";
import { heldModel } from "../providers/decorators/held.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { judgeReader } from "./judge-output.ts";

const folder = temporaryFolder();

it("finds what a judge wrote that was held to the scale", async () => {
  const { results } = runFixture({ users: 4 });
  const config = { ...results.config, judge: { ...results.config.judge, constrain: "auto" as const } };
  const { id, identity } = results.models.judge;
  const dir = join(folder, "held");
  mkdirSync(dir);
  const store = openSqliteStore(join(dir, "calls.sqlite"));
  const inner = scriptedModel(() => ({ text: "4" }), identity);
  const judge = heldModel(cachedModel({ ...inner, numberForms: ["grammar"] }, store), store);
  expect(await createJudge(judge, config.judge).rate("An answer.", "principle a", null)).toBe(4);
  store.close();
  const reader = judgeReader(dir);
  const found = (constraint?: "grammar" | "none") => {
    const models = { ...results.models, judge: { id, identity, ...(constraint && { constraint }) } };
    return reader.outputs(
      { ...results, config, models },
      { text: "An answer.", prompt: null },
      "principle a",
      "first",
    ).asks;
  };
  expect(found("grammar").map(({ text }) => text.text)).toEqual(["4"]);
  expect(found("none")).toEqual([]);
  expect(found()).toEqual([]);
  reader.close();
});

it("finds every ask that is stored, also the short one after reasoning that ran out of tokens", async () => {
  const { results } = runFixture({ users: 4 });
  const { id, identity } = results.models.judge;
  const usage = { inputTokens: 1, outputTokens: 1 };
  const replies: GenerateResult[] = [
    { text: "", reasoning: "Hmm, on the one hand", finishReason: "length", usage },
    { text: "no idea", finishReason: "stop", usage },
    { text: "7", finishReason: "stop", usage },
  ];
  const store = openSqliteStore(join(folder, "calls.sqlite"));
  const model = { id, identity, simulated: true, generate: async () => replies.shift() as GenerateResult };
  const judge = createJudge(cachedModel(model, store), results.config.judge);
  expect(await judge.rate("An answer.", "principle a", null)).toBe(7);
  store.close();
  const reader = judgeReader(folder);
  const { asks } = reader.outputs(results, { text: "An answer.", prompt: null }, "principle a", "first");
  reader.close();
  expect(asks.map((a) => [a.text.text, a.reasoning?.text ?? null, a.finishReason])).toEqual([
    ["", "Hmm, on the one hand", "length"],
    ["no idea", null, "stop"],
    ["7", null, "stop"],
  ]);
});
