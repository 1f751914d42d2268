import { describe, expect, it } from "vitest";
import { answerMethods, answerSettings } from "./answer-settings.ts";

describe("what decides a model's answers", () => {
  const model = { provider: "openai", model: "m", temperature: 0.5, maxTokens: 60, options: { top_a: 0.1 } };

  it("is no price, no address, no key, no limit of traffic and no patience", () => {
    const asked = {
      ...model,
      baseUrl: "http://elsewhere:8000/v1",
      apiKeyEnv: "KEY",
      concurrency: 3,
      requestsPerMinute: 10,
      tokensPerMinute: 10,
      timeoutSeconds: 9,
      patienceSeconds: 9,
      price: { input: 1, output: 2 },
    };
    expect(answerSettings(asked)).toEqual(model);
  });

  it("of a model of the user's own is its identity, not the file it stands in", () => {
    const object = { identity: "mine@1", simulated: false };
    const own = { provider: "own", model: "mine", object: { ...object, file: "apm.config.ts" } };
    expect(answerSettings(own)).toEqual({ provider: "own", model: "mine", object });
  });
});

it("a method is the same wherever its trainer is", () => {
  const at = (trainer: string) =>
    answerMethods([
      { id: "routing", classifier: { trainer, epochs: 2 } },
      { id: "prompt-optimization", trainer, rank: 4 },
    ]);
  expect(at("http://gpu-1:8900")).toEqual(at("folder:/scratch/jobs"));
  expect(at("http://gpu-1:8900")[0]).toMatchObject({ classifier: { epochs: 2 } });
});
