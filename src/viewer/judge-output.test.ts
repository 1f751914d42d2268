import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { runFixture } from "../../test/support/run-fixture.ts";
import type { GenerateResult } from "../core/ports/language-model.ts";
import { createJudge } from "../judge/judge.ts";
import { cachedModel } from "../providers/decorators/cached.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { judgeReader } from "./judge-output.ts";

const folder = temporaryFolder();

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
  expect(await judge.rate("An answer.", "principle a")).toBe(7);
  store.close();
  const reader = judgeReader(folder);
  const { asks } = reader.outputs(results, "An answer.", "principle a", "first");
  reader.close();
  expect(asks.map((a) => [a.text.text, a.reasoning?.text ?? null, a.finishReason])).toEqual([
    ["", "Hmm, on the one hand", "length"],
    ["no idea", null, "stop"],
    ["7", null, "stop"],
  ]);
});
