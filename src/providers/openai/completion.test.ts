import { describe, expect, it } from "vitest";
import { onServer, whole } from "../../../test/contracts/answering-server.ts";
import { ask } from "../../../test/contracts/scripted-model.ts";
import { ProviderError } from "../../core/errors.ts";

describe("answers of any shape", () => {
  const read = async (json: unknown) => {
    const { model } = onServer(() => ({ json }));
    return model.generate(ask("a")).catch((error: ProviderError) => error);
  };

  it.each<[unknown, string]>([
    [7, "7"],
    [["one ", "two"], "one two"],
    [[{ type: "text", text: null }, { type: "text", text: "yes" }, null], "yes"],
    [[{ type: "output_text", text: "yes" }], "yes"],
    [{ text: "yes" }, "yes"],
    [
      [
        { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
        { type: "text", text: "yes" },
      ],
      "yes",
    ],
  ])("content %j is read", async (content, text) => {
    expect(await read(whole(content as string))).toMatchObject({ text, finishReason: "stop" });
  });

  it.each<[unknown, RegExp]>([
    [true, /a boolean/],
    [{ parts: [], kind: 1 }, /an object with the keys parts, kind/],
    [[["yes"]], /a list/],
  ])("content %j is named by its shape", async (content, words) => {
    const error = await read(whole(content as string));
    expect(error).toBeInstanceOf(ProviderError);
    expect((error as ProviderError).message).toMatch(words);
  });

  it("thoughts of another type than text are none", async () => {
    expect(await read(whole("yes", { reasoning_content: { summary: "hm" } }))).not.toHaveProperty(
      "reasoning",
    );
  });

  it("choices under numbers are choices", async () => {
    expect(await read({ choices: { 0: whole("yes").choices[0] } })).toMatchObject({ text: "yes" });
  });

  it.each([
    [{ choices: [] }],
    [{ choices: null, error: null }],
    [{ choices: [{ finish_reason: "stop", message: null }] }],
    [{ choices: [{ finish_reason: "stop" }] }],
  ])("%j is an answer of nothing: few tries are enough", async (json) => {
    expect(await read(json)).toMatchObject({ failure: "transient", tries: 3 });
  });

  it.each([
    "content_filter",
    "PROHIBITED_CONTENT",
    "SAFETY",
    "sensitive",
    "model_context_window_exceeded",
    "some_new_reason",
  ])("an answer that ended for the reason %s is no whole answer", async (reason) => {
    const choice = { finish_reason: reason, message: { content: "Half an ans" } };
    expect(await read({ choices: [choice] })).toMatchObject({ finishReason: "filter" });
    expect(await read({ choices: [{ finish_reason: reason, message: null }] })).toMatchObject({
      text: "",
      finishReason: "filter",
    });
  });

  it.each(["stop", "STOP", "eos_token", "end_turn", "", null, undefined])(
    "%s is a whole one",
    async (reason) => {
      const choice = { finish_reason: reason, message: { content: "yes" } };
      expect(await read({ choices: [choice] })).toMatchObject({ finishReason: "stop" });
    },
  );

  it.each<[object, object]>([
    [
      { code: 402, message: "Insufficient credits" },
      { failure: "fatal", status: 402 },
    ],
    [
      { code: 403, message: "flagged by moderation" },
      { failure: "request", status: 403 },
    ],
    [
      { code: 429, message: "slow down" },
      { failure: "transient", status: 429 },
    ],
    [
      { code: "rate_limit_exceeded", message: "slow down" },
      { failure: "transient", status: 429 },
    ],
    [
      { code: 502, message: "upstream lost" },
      { failure: "transient", status: 502 },
    ],
    [
      { code: 400, message: "exceeds the available context size" },
      { failure: "request", status: 400 },
    ],
  ])("an error inside an answer counts by its code: %j", async (error, expected) => {
    const choice = { finish_reason: "error", message: { content: "The beg" }, error };
    for (const json of [{ choices: [choice] }, { error }]) {
      const caught = await read(json);
      expect(caught).toBeInstanceOf(ProviderError);
      expect(caught).toMatchObject(expected);
    }
  });
});

describe("refusals say what was meant", () => {
  const failureOf = async (status: number, json: unknown) => {
    const { model } = onServer(() => ({ status, json }));
    return (await model.generate(ask("a")).catch((error: unknown) => error)) as ProviderError;
  };

  it("in the words of the provider behind a router", async () => {
    const raw = "m is rate-limited upstream, retry in a minute";
    const routed = { error: { message: "Provider returned error", code: 429, metadata: { raw } } };
    expect((await failureOf(429, routed)).message).toContain(`Provider returned error: ${raw}`);
    const nested = {
      message: "Provider returned error",
      metadata: { raw: '{"error":{"message":"too hot"}}' },
    };
    expect((await failureOf(500, { error: nested })).message).toContain("Provider returned error: too hot");
  });

  it("of a list of complaints, by their places", async () => {
    const json = { detail: [{ loc: ["body", "temperature"], msg: "Input should be at most 1" }] };
    const complaint = await failureOf(422, json);
    expect(complaint.message).toContain("HTTP 422: temperature: Input should be at most 1");
    expect(complaint.remedy).toContain("change the setting that the server names");
    expect((await failureOf(400, [{ error: { message: 'Unknown name "top_k"' } }])).message).toContain(
      "top_k",
    );
  });

  it.each<[number, string, object]>([
    [400, "System role not supported", { refuses: { what: "system-message" } }],
    [500, "Jinja Exception: System role not supported", { refuses: { what: "system-message" } }],
    [400, "Only user and assistant roles are supported!", { refuses: { what: "system-message" } }],
    [500, "Context size has been exceeded.", { failure: "request", refuses: undefined }],
    [500, "Jinja Exception: no template for this", { failure: "request", refuses: undefined }],
    [
      400,
      "logprobs of 20, which is greater than max allowed: 5",
      { refuses: { what: "alternatives", most: 5 } },
    ],
    [
      422,
      "top_logprobs: Input should be less than or equal to 8",
      { refuses: { what: "alternatives", most: 8 } },
    ],
    [400, "top_logprobs must be between 0 and 11", { refuses: { what: "alternatives", most: 11 } }],
    [400, "This model does not support logprobs.", { failure: "request", refuses: undefined }],
    [400, "The response was filtered by the content management policy", { failure: "request" }],
    [500, "CUDA error", { failure: "transient" }],
  ])("%i %s", async (status, message, expected) => {
    expect(await failureOf(status, { error: { message } })).toMatchObject(expected);
  });
});
