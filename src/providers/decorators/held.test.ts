import { describe, expect, it } from "vitest";
import { onServer } from "../../../test/contracts/answering-server.ts";
import { HOLDING, type Holding, holdingAnswer } from "../../../test/contracts/holding-server.ts";
import { ask, failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import type { GenerateRequest, NumberForm } from "../../core/ports/language-model.ts";
import { memoryStore } from "../../store/memory.ts";
import { requestSeed } from "../openai/request-seed.ts";
import { cachedModel } from "./cached.ts";
import { heldModel } from "./held.ts";

const rating = (content: string, sample = 0): GenerateRequest => ({
  ...ask(content, sample),
  held: { max: 10 },
});

/** A judge on a server of that kind, behind a store. */
function judgeOn(kind: Holding, store = memoryStore()) {
  const { model, bodies } = onServer((body) => holdingAnswer(kind, body));
  const notes: string[] = [];
  return {
    judge: heldModel(cachedModel(model, store), store, (words) => notes.push(words)),
    bodies,
    notes,
    store,
  };
}

const FOUND: Record<Holding, NumberForm | "none"> = {
  "llama.cpp": "grammar",
  vLLM: "structured_outputs",
  "vLLM 0.9": "guided_choice",
  OpenAI: "response_format",
  Ollama: "response_format",
  "Ollama's own": "format",
  deaf: "none",
  strict: "none",
};

describe("a judge that is to be held to the scale", () => {
  it.each(HOLDING)("is held as its server can: %s", async (kind) => {
    const { judge, bodies, notes } = judgeOn(kind);
    expect(judge.heldBy?.()).toBeUndefined();
    const found = FOUND[kind];
    const { text } = await judge.generate(rating("a"));
    expect(text).toMatch(found === "none" ? /great example/ : /7/);
    expect(judge.heldBy?.()).toBe(found);
    expect(notes).toEqual([expect.stringContaining(found === "none" ? "no known way" : `by ${found}`)]);
    const before = bodies.length;
    await judge.generate(rating("b"));
    expect(bodies.slice(before).map((body) => (found === "none" ? "none" : found in body && found))).toEqual([
      found,
    ]);
    expect(Object.keys(bodies.at(-1)!)).toHaveLength(found === "none" ? 2 : 3);
  });

  it("asks for a word to tell a server that holds from one that ignores the field", async () => {
    const { judge, bodies } = judgeOn("vLLM");
    await judge.generate(rating("Rate this."));
    const last = bodies.map(({ messages }) => (messages as { content: string }[]).at(-1)?.content);
    expect(last).toEqual([expect.stringContaining("word"), expect.stringContaining("word"), "Rate this."]);
  });

  it("asks the same to find out, whichever rating comes first", async () => {
    const trials = await Promise.all(
      ["a", "b"].map(async (first) => {
        const { judge, bodies } = judgeOn("vLLM");
        await judge.generate(rating(first, 3));
        return bodies.slice(0, -1);
      }),
    );
    expect(trials[0]).toHaveLength(2);
    expect(trials[0]).toEqual(trials[1]);
  });

  it("is found out once, however many ask at the same time", async () => {
    const { judge, bodies } = judgeOn("llama.cpp");
    await Promise.all(["a", "b", "c", "d"].map((content) => judge.generate(rating(content))));
    expect(bodies).toHaveLength(5);
    expect(bodies.every((body) => "grammar" in body)).toBe(true);
  });

  it("goes on as it was found, and finds what is stored", async () => {
    const { judge, store } = judgeOn("vLLM");
    await judge.generate(rating("a"));
    const later = judgeOn("llama.cpp", store);
    expect(later.judge.heldBy?.()).toBe("structured_outputs");
    expect(await later.judge.generate(rating("a"))).toMatchObject({ text: "7", cached: true });
    expect(later.bodies).toEqual([]);
  });

  it("has answers apart from one that writes what it likes, by form and scale", async () => {
    const { judge, bodies } = judgeOn("llama.cpp");
    await judge.generate(rating("a"));
    const asked = bodies.length;
    await judge.generate(ask("a"));
    await judge.generate({ ...ask("a"), held: { max: 100 } });
    expect(bodies.slice(asked).map(({ grammar }) => grammar)).toEqual([
      undefined,
      'root ::= "100" | [1-9] [0-9] | [1-9]',
    ]);
  });

  it("does not take a server that is away, or a wrong key, for one that cannot", async () => {
    const store = memoryStore();
    const failures = [failing("fatal", 401), failing("transient", 503)];
    const inner = scriptedModel(() => failures.shift() ?? { text: "7" });
    const judge = heldModel({ ...inner, numberForms: ["grammar", "format"] }, store);
    await expect(judge.generate(rating("a"))).rejects.toMatchObject({ status: 401 });
    await expect(judge.generate(rating("a"))).rejects.toMatchObject({ status: 503 });
    expect(judge.heldBy?.()).toBeUndefined();
    await judge.generate(rating("a"));
    expect(judge.heldBy?.()).toBe("grammar");
  });

  it("asks for no form again that a run before found out about", async () => {
    const store = memoryStore();
    const replies = [{ text: "a word" }, failing("transient", 503), { text: "7" }, { text: "7" }];
    const asked: (NumberForm | undefined)[] = [];
    const inner = scriptedModel(({ held }) => {
      asked.push(held?.form);
      return replies.shift() ?? { text: "" };
    });
    const begun = () => heldModel({ ...inner, numberForms: ["grammar", "format"] }, store);
    await expect(begun().generate(rating("a"))).rejects.toMatchObject({ status: 503 });
    await begun().generate(rating("a"));
    expect(asked).toEqual(["grammar", "format", "format", "format"]);
  });

  it.each(["0", "11", "7 out of 10", "yes 7", "", "-7", '{"score": 11}'])(
    "is not held where it says %j",
    async (text) => {
      const judge = heldModel(
        { ...scriptedModel(() => ({ text })), numberForms: ["grammar"] },
        memoryStore(),
      );
      await judge.generate(rating("a"));
      expect(judge.heldBy?.()).toBe("none");
    },
  );

  it("that knows no way is left as it is", async () => {
    const inner = scriptedModel();
    expect(heldModel(inner, memoryStore())).toBe(inner);
  });
});

describe("a server model", () => {
  const formsWith = (settings: object) => onServer(() => ({}), settings).model.numberForms;

  it("is not held where it is to reason, or the user's own fields form its answers", () => {
    expect(formsWith({ reasoning: "low" })).toBeUndefined();
    expect(formsWith({ reasoning: true })).toBeUndefined();
    expect(formsWith({ options: { guided_regex: "[1-9]" } })).toBeUndefined();
    expect(formsWith({ reasoning: false, options: { top_k: 5 } })).toContain("grammar");
  });

  it("sends each form as its server reads it", async () => {
    const { model, bodies } = onServer((body) => holdingAnswer("deaf", body), { seed: 3 });
    for (const form of model.numberForms!) {
      await model.generate({ ...ask("a"), held: { max: 10, form }, maxTokens: 5 });
      await model.generate({ ...ask("a"), held: { max: 10, form } });
    }
    const numbers = Array.from({ length: 10 }, (_, i) => i + 1);
    const schema = { type: "integer", enum: numbers };
    const seed = requestSeed(3, ask("a").messages, 0);
    const expected = [
      { grammar: 'root ::= "10" | [1-9]' },
      { structured_outputs: { choice: numbers.map(String) } },
      { guided_choice: numbers.map(String) },
      {
        response_format: { type: "json_schema", json_schema: { schema: { properties: { score: schema } } } },
      },
      { format: schema },
    ];
    expected.forEach((fields, i) => {
      expect(bodies[2 * i]).toMatchObject({ ...fields, max_tokens: 5, seed });
      expect(bodies[2 * i + 1]).toMatchObject({ ...fields, seed });
    });
  });
});
