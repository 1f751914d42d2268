import { describe, expect, it } from "vitest";
import { type Body, onServer, refusal, whole } from "../../../test/contracts/answering-server.ts";
import { ask } from "../../../test/contracts/scripted-model.ts";

describe("the limit of tokens goes by the name that the server knows", () => {
  const strict = (body: Body) =>
    "max_tokens" in body
      ? refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", {
          code: "unsupported_parameter",
        })
      : { json: whole("yes") };

  it("learnt from its first refusal, once", async () => {
    const { model, bodies, notes } = onServer(strict, { maxTokens: 50 });
    for (const text of ["a", "b", "c"]) expect((await model.generate(ask(text))).text).toBe("yes");
    expect((await model.generate({ ...ask("d"), maxTokens: 7 })).text).toBe("yes");
    expect(
      bodies.map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens]),
    ).toEqual([
      [50, undefined],
      [undefined, 50],
      [undefined, 50],
      [undefined, 50],
      [undefined, 7],
    ]);
    expect(notes).toEqual([
      "openai:m at http://somewhere:8000: its limit of tokens is called max_completion_tokens",
    ]);
  });

  it("and by the older one where the newer was refused, whoever asked first", async () => {
    const { model, bodies } = onServer(strict, { maxTokens: 50 });
    const texts = await Promise.all(["a", "b", "c"].map((text) => model.generate(ask(text))));
    expect(texts.map(({ text }) => text)).toEqual(["yes", "yes", "yes"]);
    expect(bodies.length).toBe(6);
  });

  it("a limit that is too large is no other name", async () => {
    const { model, bodies } = onServer(
      () =>
        refusal(
          "'max_tokens' or 'max_completion_tokens' is too large: 4000. This model's maximum context length is 4000 tokens and your request has 120 input tokens (4000 > 4000 - 120).",
        ),
      { maxTokens: 4000 },
    );
    const error = await model.generate(ask("a")).catch((caught: unknown) => caught);
    expect(bodies.length).toBe(1);
    expect(error).toMatchObject({ failure: "request", remedy: expect.stringContaining("at most 3880 fits") });
  });
});

describe("reasoning is turned off as the server understands it", () => {
  const off = { reasoning: false } as const;

  it('template variables alone (an older vLLM knows no effort "none")', async () => {
    const { model, bodies, notes } = onServer(
      (body) =>
        "reasoning_effort" in body
          ? {
              status: 422,
              json: {
                detail: [
                  { loc: ["body", "reasoning_effort"], msg: "Input should be 'low', 'medium' or 'high'" },
                ],
              },
            }
          : { json: whole("yes") },
      off,
    );
    expect((await model.generate(ask("a"))).text).toBe("yes");
    expect(bodies.at(-1)).toMatchObject({ chat_template_kwargs: { enable_thinking: false } });
    expect(notes.join()).toContain("reasoning is turned off by chat_template_kwargs");
  });

  it("the least effort that it lists, where it knows nothing else", async () => {
    const { model, bodies, notes } = onServer((body) => {
      if ("chat_template_kwargs" in body) return refusal("Unknown parameter: 'chat_template_kwargs'.");
      if ("reasoning" in body) return refusal("Unknown parameter: 'reasoning'.");
      return body.reasoning_effort === "none"
        ? refusal(
            "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'minimal', 'low', 'medium', and 'high'.",
          )
        : { json: whole("yes") };
    }, off);
    expect((await model.generate(ask("a"))).text).toBe("yes");
    expect(bodies.at(-1)).toEqual({
      model: "m",
      messages: ask("a").messages,
      reasoning_effort: "minimal",
    });
    expect(notes.at(-1)).toContain("reasoning is turned off by reasoning_effort minimal");
    await model.generate(ask("b"));
    expect(bodies.length).toBe(5);
  });

  it("one of two fields, where the server takes only one", async () => {
    const { model, bodies } = onServer(
      (body) =>
        "reasoning" in body && "reasoning_effort" in body
          ? refusal('Only one of "reasoning" and "reasoning_effort" may be provided')
          : { json: whole("yes") },
      off,
    );
    expect((await model.generate(ask("a"))).text).toBe("yes");
    expect(bodies.at(-1)).toMatchObject({ reasoning: { enabled: false } });
  });

  it("says how, when the first answer holds none", async () => {
    const { model, notes } = onServer(() => ({ json: whole("yes") }), off);
    for (const text of ["a", "b"]) await model.generate(ask(text));
    expect(notes).toEqual([
      "openai:m at http://somewhere:8000: reasoning is turned off by chat_template_kwargs, reasoning_effort none, reasoning",
    ]);
  });

  it("or says that it could not be", async () => {
    const { model, notes } = onServer(
      () => ({ json: whole("yes", { reasoning: "Hmm, the user ..." }) }),
      off,
    );
    await model.generate(ask("a"));
    expect(notes.join()).toMatch(/still reasons/);
  });
});

describe("what is odd about answers is told once", () => {
  const long = "A sentence of no great interest to anybody. ".repeat(400); // 17,600 characters

  it("a prompt that was cut", async () => {
    const { model, notes } = onServer(() => ({
      json: whole("yes", {}, { prompt_tokens: 2048, completion_tokens: 3 }),
    }));
    for (const end of ["1", "2"]) await model.generate(ask(long + end));
    expect(notes).toEqual([expect.stringMatching(/probably cut a prompt: it counts 2048 tokens of 17601/)]);
  });

  it("not a prompt that was counted whole, in whatever script", async () => {
    for (const ratio of [1.2, 3, 4, 5]) {
      const { model, notes } = onServer(({ messages }) => ({
        json: whole(
          "yes",
          {},
          {
            prompt_tokens: Math.round(JSON.stringify(messages).length / ratio),
            completion_tokens: 3,
          },
        ),
      }));
      for (const end of ["1", "2", "3"]) await model.generate(ask(long + end));
      expect(notes).toEqual([]);
    }
  });

  it.each([
    ["none", undefined],
    ["null", null],
    ["negative numbers", { prompt_tokens: -5, completion_tokens: -1 }],
    ["zeros", { prompt_tokens: 0, completion_tokens: 0 }],
    ["texts", { prompt_tokens: "many", completion_tokens: "few" }],
    ["a list", [1, 2]],
  ])("usage that cannot be is not believed: %s", async (_what, usage) => {
    const { model, notes } = onServer(() => ({ json: { ...whole("12345678"), usage } }));
    expect((await model.generate(ask("123456789"))).usage).toEqual({
      inputTokens: 3,
      outputTokens: 2,
      estimated: true,
    });
    expect(notes.join()).toContain("estimated by their lengths");
  });

  it("numbers as text are read, and fractions rounded up", async () => {
    const usage = { prompt_tokens: "12", completion_tokens: 5.25 };
    const { model, notes } = onServer(() => ({ json: whole("yes", {}, usage) }));
    expect((await model.generate(ask("a"))).usage).toEqual({ inputTokens: 12, outputTokens: 6 });
    expect(notes).toEqual([]);
  });
});

describe("texts to stop at", () => {
  const asked = (stop: readonly string[]) => ({ ...ask("a"), stop });
  const sentWith = async (settings: object, stop = ["x", "y", "z"]): Promise<unknown> => {
    const { model, bodies } = onServer(() => ({ json: whole("yes") }), settings);
    await model.generate(asked(stop));
    return bodies[0]?.stop;
  };

  it("are sent beside the user's own, four at most", async () => {
    expect(await sentWith({})).toEqual(["x", "y", "z"]);
    expect(await sentWith({ stop: ["own"] })).toEqual(["own", "x", "y", "z"]);
    expect(await sentWith({ stop: ["own", "too"], maxTokens: 9 })).toEqual(["own", "too", "x", "y"]);
  });

  it("are kept from a model that reasons, whose thoughts may hold them, and from fields of the user's own", async () => {
    expect(await sentWith({ reasoning: "medium" })).toBeUndefined();
    expect(await sentWith({ reasoning: "medium", stop: ["own"] })).toEqual(["own"]);
    expect(await sentWith({ reasoning: false })).toEqual(["x", "y", "z"]);
    expect(await sentWith({ options: { stop: "mine" } })).toBe("mine");
  });

  it("are left out where the server refuses them", async () => {
    const { model, bodies } = onServer((body) =>
      "stop" in body
        ? refusal("Unsupported parameter: 'stop' is not supported with this model.")
        : { json: whole("yes") },
    );
    for (let i = 0; i < 2; i++) expect((await model.generate(asked(["x"]))).text).toBe("yes");
    expect(bodies.map((body) => "stop" in body)).toEqual([true, false, false]);
  });
});
