import { describe, expect, it } from "vitest";
import { basePrompts } from "../../src/catalog/base-prompts.ts";
import { builtinConversations } from "../../src/catalog/conversations.ts";
import { topicsOf } from "../../src/catalog/topics.ts";
import { fold, rootKey } from "../../src/core/random.ts";
import { loadTokenizer } from "../../src/neural/tokenizer.ts";
import { encodeDocument } from "./encoding.ts";
import { FOLDER, idOf } from "./format.ts";
import { DOCUMENT_KINDS, ROOT, recipeOf, SHORT_FIRST, type TinyDocument } from "./recipe.ts";

const tokenizer = loadTokenizer(FOLDER);
const recipe = recipeOf("train", rootKey("recipe.test"));

/** Documents of every kind. */
async function someDocuments(count: number): Promise<TinyDocument[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => recipe(SHORT_FIRST + i)));
}

describe("data recipe", () => {
  it("makes the same document from the same number, in any order", async () => {
    const forwards = await someDocuments(40);
    const again = recipeOf("train", rootKey("recipe.test"));
    for (let i = 39; i >= 0; i--) expect(await again(SHORT_FIRST + i)).toEqual(forwards[i]);
  });

  it("makes every kind, with an answer that is not empty", async () => {
    const documents = await someDocuments(300);
    expect(new Set(documents.map(({ kind }) => kind))).toEqual(new Set(DOCUMENT_KINDS));
    for (const { answer, messages } of documents) {
      expect(answer.trim().length).toBeGreaterThan(0);
      expect(messages.at(-1)?.role).toBe("user");
    }
  });

  it("steers without telling: the words stand in no message", async () => {
    const steered = (await someDocuments(300)).filter(({ kind }) => kind === "steered");
    expect(steered.length).toBeGreaterThan(10);
    for (const { steer, messages } of steered) {
      expect(steer).toBeDefined();
      expect(messages.map(({ role }) => role)).toEqual(["user"]);
    }
  });

  it("trains on no topic of the test half", async () => {
    // What only the test half can say: its topics' particulars, whole.
    const telling = topicsOf("test").flatMap(({ tasks, troubles, claims }) => [
      ...tasks,
      ...troubles,
      ...claims,
    ]);
    const trained = (await someDocuments(400)).map(({ messages }) =>
      messages.map((m) => m.content).join("\n"),
    );
    const heldOut = recipeOf("test", rootKey("recipe.test"));
    const found = (text: string): boolean => telling.some((words) => text.includes(words));
    expect(trained.filter(found)).toEqual([]);
    // The check can fail: held-out documents do say such things.
    const others = await Promise.all(Array.from({ length: 60 }, (_, i) => heldOut(SHORT_FIRST + i)));
    const saying = others.filter(({ messages }) => messages.some((m) => found(m.content)));
    expect(saying.length).toBeGreaterThan(5);
    expect(basePrompts("test").some(({ text }) => trained.some((t) => t.includes(text)))).toBe(false);
  });

  it("begins with short documents", async () => {
    const kinds = await Promise.all(Array.from({ length: 60 }, async (_, i) => (await recipe(i)).kind));
    expect([...new Set(kinds)].sort()).toEqual(["plain", "steered", "styled"]);
  });

  it("takes conversations under a key of its own, not in the order of a run", () => {
    const own = builtinConversations("train", fold(fold(ROOT, "training"), "conversations"));
    const run = builtinConversations("train", rootKey(1));
    expect(own.at(1).id).not.toBe(run.at(1).id);
  });
});

describe("an encoded document", () => {
  it("holds prompt, answer and end", async () => {
    const document = (await someDocuments(30)).find(({ kind }) => kind === "styled") as TinyDocument;
    const { ids, answerAt } = encodeDocument(tokenizer, document);
    expect(ids.slice(0, answerAt)).toEqual(tokenizer.chat(document.messages));
    expect(tokenizer.decode(ids.slice(answerAt))).toBe(document.answer);
    expect(ids.at(-1)).toBe(idOf("end"));
  });

  it("has the instruction that steers, one token, before the conversation begins", async () => {
    const document = (await someDocuments(60)).find(({ kind }) => kind === "steered") as TinyDocument;
    const { ids, answerAt } = encodeDocument(tokenizer, document);
    expect(tokenizer.encode(document.steer as string)).toEqual([ids[0]]);
    expect(ids[1]).toBe(idOf("begin"));
    expect(ids.slice(1, answerAt)).toEqual(tokenizer.chat(document.messages));
  });
});
