import { expect, it } from "vitest";
import { simSetup } from "../../../test/support/sim-run.ts";
import { ProviderError } from "../../core/errors.ts";
import type { GenerateRequest, LanguageModel, ModelRole } from "../../core/ports/language-model.ts";
import { guardedModel } from "../../providers/decorators/guarded.ts";
import { usageMeter } from "../../providers/decorators/metered.ts";
import { memoryStore } from "../../store/memory.ts";
import { storedAnswers } from "./stored-answers.ts";

const text = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [
    { role: "system", content: "Be kind." },
    { role: "user", content },
  ],
  sample: 0,
  ...more,
});

/** A server that takes no system message, four alternatives a token, and holds numbers by a choice alone. */
const particular: LanguageModel = {
  id: "openai:particular",
  identity: "particular@1",
  simulated: false,
  numberForms: ["grammar", "guided_choice"],
  async generate({ messages, topLogprobs = 0, held }) {
    const refuse = (refuses: ProviderError["refuses"]) =>
      new ProviderError("not taken", { failure: "request", status: 400, refuses });
    if (messages.some(({ role }) => role === "system")) throw refuse({ what: "system-message" });
    if (topLogprobs > 4) throw refuse({ what: "alternatives", most: 4 });
    const isHeld = held?.form === "guided_choice";
    return {
      text: isHeld ? "7" : "Hello.",
      finishReason: "stop",
      usage: { inputTokens: 5, outputTokens: 1 },
      ...(topLogprobs > 0 ? { logprobs: [{ token: "7", logprob: -0.1, top: [] }] } : {}),
    };
  },
};

function runOn(provider: LanguageModel) {
  const store = memoryStore();
  const meter = usageMeter();
  const model = (role: ModelRole) => guardedModel(provider, role, { store, meter });
  const models = {
    base: model("base"),
    candidate: model("candidate"),
    rewriter: model("rewriter"),
    judge: model("judge"),
  };
  return { run: { ...simSetup({ pool: "k2" }), store, models }, store, meter };
}

it("finds what was asked before, put as the server takes it, and counts the rest once each", async () => {
  const { run, store, meter } = runOn(particular);
  const judged = text("Rate this.", { topLogprobs: 20, held: { max: 10 } });
  await run.models.base.generate(text("Hi."));
  await run.models.judge.generate(judged);
  const [calls, usage] = [store.countCalls(), meter.rows()];

  const offline = storedAnswers(run);
  const { base, judge } = offline.setup.models;
  expect((await base.generate(text("Hi."))).text).toBe("Hello.");
  expect((await judge.generate(judged)).text).toBe("7");
  expect(offline.missing()).toEqual({ base: 0, candidate: 0, rewriter: 0, judge: 0 });

  const unwritten = (await base.generate(text("Another one."))).text;
  expect((await base.generate(text("Another one."))).text).toBe(unwritten);
  await judge.generate(text(unwritten, { topLogprobs: 20 }));
  expect(offline.missing()).toMatchObject({ base: 1, judge: 1 });
  expect(store.countCalls()).toBe(calls);
  expect(meter.rows()).toEqual(usage);
});

it("learns nothing of a server that was never asked", async () => {
  const { run, store } = runOn(particular);
  const offline = storedAnswers(run);
  await offline.setup.models.judge.generate(text("Rate.", { held: { max: 10 } }));
  expect(offline.missing().judge).toBeGreaterThan(0);
  expect(store.countCalls()).toBe(0);
  // The first request in earnest still finds out how numbers are held.
  expect((await run.models.judge.generate(text("Rate.", { held: { max: 10 } }))).text).toBe("7");
});
