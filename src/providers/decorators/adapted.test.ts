import { describe, expect, it } from "vitest";
import { scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { ProviderError, type Refusal } from "../../core/errors.ts";
import type { ChatMessage, GenerateRequest } from "../../core/ports/language-model.ts";
import { memoryStore } from "../../store/memory.ts";
import { adaptedModel, type SystemMessage } from "./adapted.ts";
import { cachedModel } from "./cached.ts";

const refused = (refuses?: Refusal): ProviderError =>
  new ProviderError("HTTP 400: not so", { failure: "request", status: 400, refuses });
const system: ChatMessage = { role: "system", content: "Be kind." };
const user = (content: string): ChatMessage => ({ role: "user", content });
const request = (...messages: ChatMessage[]): GenerateRequest => ({ messages, sample: 0 });
const styled = (content: string): GenerateRequest => request(system, user(content));

/** A model behind a store, on a server that takes no system message (`takes`: a server that does). */
function setUp(setting?: SystemMessage, store = memoryStore(), takes = false) {
  const notes: string[] = [];
  const inner = scriptedModel(({ messages }) =>
    !takes && messages[0]?.role === "system" ? refused({ what: "system-message" }) : {},
  );
  const model = adaptedModel(cachedModel(inner, store), store, setting, (words) => notes.push(words));
  return { inner, model, notes, store };
}

describe("system messages", () => {
  it("stand at the head of the first user message once the server has refused one", async () => {
    const { inner, model, notes } = setUp();
    expect(model.systemMessage?.()).toBe("send");
    await model.generate(styled("a"));
    await model.generate(styled("b"));
    await model.generate(request(system, user("c"), { role: "assistant", content: "d" }, user("e")));
    await model.generate(request(user("f")));
    expect(inner.requests.map(({ messages }) => messages)).toEqual([
      [system, user("a")],
      [user("Be kind.\n\na")],
      [user("Be kind.\n\nb")],
      [user("Be kind.\n\nc"), { role: "assistant", content: "d" }, user("e")],
      [user("f")],
    ]);
    expect(model.systemMessage?.()).toBe("merge");
    expect(notes).toEqual(["test:scripted: system messages stand at the head of the first user message"]);
  });

  it("which a later run knows, and so finds what is stored", async () => {
    const { model, store } = setUp();
    await model.generate(styled("a"));
    const later = setUp("auto", store);
    expect(await later.model.generate(styled("a"))).toMatchObject({ cached: true });
    expect(later.inner.requests).toEqual([]);
  });

  it("are another request when they are merged", async () => {
    const store = memoryStore();
    await setUp("merge", store).model.generate(styled("a"));
    const sent = setUp("send", store, true);
    await sent.model.generate(styled("a"));
    expect(sent.inner.requests.length).toBe(1);
  });

  it("are sent as they are where that is asked for, or the server has taken one", async () => {
    await expect(setUp("send").model.generate(styled("a"))).rejects.toThrow("HTTP 400");
    let takes = true;
    const inner = scriptedModel(() => (takes ? {} : refused({ what: "system-message" })));
    const model = adaptedModel(inner, memoryStore());
    await model.generate(styled("a"));
    takes = false;
    await expect(model.generate(styled("b"))).rejects.toThrow("HTTP 400");
    expect(inner.requests.length).toBe(2);
  });

  it("are not merged for good by a text that the server does not take in any way", async () => {
    const inner = scriptedModel(({ messages }) =>
      messages.at(-1)?.content.endsWith("poison") ? refused({ what: "system-message" }) : {},
    );
    const notes: string[] = [];
    const model = adaptedModel(inner, memoryStore(), "auto", (words) => notes.push(words));
    await expect(model.generate(styled("poison"))).rejects.toThrow("HTTP 400");
    await model.generate(styled("b"));
    expect(inner.requests.at(-1)).toEqual(styled("b"));
    expect(notes).toEqual([]);
  });
});

describe("alternatives a token", () => {
  it("are as many as the server gives, learnt once, and known to a later run", async () => {
    const store = memoryStore();
    const inner = scriptedModel(({ topLogprobs = 0 }) =>
      topLogprobs > 5 ? refused({ what: "alternatives", most: 5 }) : { logprobs: [] },
    );
    const judge = () => adaptedModel(cachedModel(inner, store), store);
    const first = judge();
    await first.generate({ ...request(user("a")), topLogprobs: 20 });
    await first.generate({ ...request(user("b")), topLogprobs: 20 });
    await first.generate({ ...request(user("b")), topLogprobs: 3 });
    expect(inner.requests.map(({ topLogprobs }) => topLogprobs)).toEqual([20, 5, 5, 3]);
    await judge().generate({ ...request(user("a")), topLogprobs: 20 });
    expect(inner.requests.length).toBe(4);
  });

  it("of calls that were under way when the first was refused, too", async () => {
    const inner = scriptedModel(async ({ topLogprobs = 0 }) => {
      await new Promise(setImmediate);
      return topLogprobs > 5 ? refused({ what: "alternatives", most: 5 }) : { logprobs: [] };
    });
    const notes: string[] = [];
    const model = adaptedModel(inner, memoryStore(), "auto", (words) => notes.push(words));
    const asks = ["a", "b", "c"].map((text) => model.generate({ ...request(user(text)), topLogprobs: 20 }));
    expect((await Promise.all(asks)).length).toBe(3);
    expect(inner.requests.length).toBe(6);
    expect(notes.length).toBe(1);
  });

  it("a refusal that lowering does not mend is one", async () => {
    const inner = scriptedModel(() => refused({ what: "alternatives", most: 5 }));
    const model = adaptedModel(inner, memoryStore());
    await expect(model.generate({ ...request(user("a")), topLogprobs: 20 })).rejects.toThrow("HTTP 400");
    expect(inner.requests.length).toBe(2);
  });
});
