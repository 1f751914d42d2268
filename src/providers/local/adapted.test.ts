import { expect, it } from "vitest";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { writeRandomCheckpoint } from "../../../test/support/random-checkpoint.ts";
import type { GenerateResult } from "../../core/ports/language-model.ts";
import type { ChangedSampling, TunableModel } from "../../neural/tunable.ts";
import { createLocalProvider } from "./provider.ts";

it("an adapted model samples as the base does, but for what is changed", async () => {
  const folder = temporaryFolder();
  writeRandomCheckpoint(folder);
  const provider = createLocalProvider(folder);
  const tunable = (temperature: number): TunableModel =>
    provider.tunable(
      { model: ".", temperature, maxTokens: 8, options: { threads: 0 } },
      (model) => model,
      new AbortController().signal,
    );
  const answer = async (model: TunableModel, sampling?: ChangedSampling): Promise<GenerateResult> => {
    const rows = new Float32Array(model.config.hiddenSize).fill(0.1);
    const adapted = model.adapted(model.weights(), "same", sampling).prompted(rows);
    return adapted.generate({ messages: [{ role: "user", content: "Why?" }], sample: 0 });
  };
  const greedy = await answer(tunable(5), { temperature: 0 });
  expect(greedy.text).toBe((await answer(tunable(0))).text);
  expect(greedy.text).not.toBe((await answer(tunable(5))).text);
  const short = await answer(tunable(5), { temperature: 0, maxTokens: 2 });
  expect([greedy.usage.outputTokens, short.usage.outputTokens]).toEqual([8, 2]);
});
