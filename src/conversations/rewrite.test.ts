import { describe, expect, it } from "vitest";
import type { UserProfile } from "../core/artifacts.ts";
import { ProviderError } from "../core/errors.ts";
import type { GenerateRequest, GenerateResult, LanguageModel } from "../core/ports/language-model.ts";
import { fenceOf } from "../core/prompt/prompts.ts";
import { rewritePrompts, traitLines } from "./rewrite.ts";
import { marksOf } from "./run-on.ts";

const pool = { attributes: ["anxious", "tech-savvy"], principles: ["gentle", "casual"] };
const profile: UserProfile = { id: "train-00000", split: "train", attributes: [1, 0] };
const usage = { inputTokens: 1, outputTokens: 1 };

/** A rewriter that answers each base prompt as told. */
function rewriter(answer: (prompt: string) => Partial<GenerateResult>): {
  model: LanguageModel;
  requests: GenerateRequest[];
} {
  const requests: GenerateRequest[] = [];
  const model: LanguageModel = {
    id: "test:model",
    identity: "test",
    simulated: false,
    async generate(request) {
      requests.push(request);
      const asked = request.messages.at(-1)?.content.split("\n")[1] as string;
      return { text: "", finishReason: "stop", usage, ...answer(asked) };
    },
  };
  return { model, requests };
}

const conversations = (...prompts: string[]) => prompts.map((prompt, i) => ({ id: `c${i}`, prompt }));

describe("rewriting prompts", () => {
  it("names each active attribute on its side, and no other", () => {
    const lines = traitLines(pool, [1, -1]).split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/clearly this: anxious$/);
    expect(lines[1]).toMatch(/the opposite of this: tech-savvy$/);
    expect(traitLines(pool, [0, 1])).not.toContain("anxious");
  });

  it("keeps the order, trims, and tells the voice only where there is one", async () => {
    const { model, requests } = rewriter((prompt) => ({ text: `  so, ${prompt}\n` }));
    const rewrites = await rewritePrompts(
      model,
      pool,
      profile,
      "opens with a greeting",
      conversations("A?", "B?"),
    );
    expect(rewrites).toEqual([{ text: "so, A?" }, { text: "so, B?" }]);
    expect(requests.every((r) => r.messages[0]?.content.includes("opens with a greeting"))).toBe(true);
    await rewritePrompts(model, pool, profile, "", conversations("A?"));
    expect(requests.at(-1)?.messages[0]?.content).not.toContain("habits");
  });

  it("finds rewrites that cannot be used", async () => {
    const { model } = rewriter((prompt) => {
      if (prompt === "cut") return { text: "half a", finishReason: "length" };
      if (prompt === "withheld") return { text: "I cannot", finishReason: "filter" };
      if (prompt === "blank") return { text: " \n" };
      if (prompt === "named") return { text: "As an Anxious person, I ask." };
      if (prompt === "refused") throw new ProviderError("no", { failure: "request" });
      return { text: "fine" };
    });
    const rewrites = await rewritePrompts(
      model,
      pool,
      profile,
      "",
      conversations("cut", "blank", "named", "refused", "withheld", "x"),
    );
    expect(rewrites).toEqual([
      { failure: "truncated" },
      { failure: "empty" },
      { failure: "names the attribute" },
      { failure: "refused" },
      { failure: "refused" },
      { text: "fine" },
    ]);
  });

  it("allows an attribute's name that the prompt itself holds, a part of a longer word, and inactive attributes", async () => {
    const said = ["My anxious dog barks.", "Overanxiousness.", "I am tech-savvy."];
    const { model } = rewriter((prompt) => ({ text: prompt === "my anxious dog" ? said[0]! : prompt }));
    const rewrites = await rewritePrompts(
      model,
      pool,
      profile,
      "",
      conversations("my anxious dog", said[1]!, said[2]!),
    );
    expect(rewrites).toEqual(said.map((text) => ({ text })));
  });

  it("ends rewrites that run on, and tells of each", async () => {
    const { model, requests } = rewriter((prompt) => {
      const fence = fenceOf(prompt);
      if (prompt === "mark") return { text: `So, why?\n<message-${fence}>\nAnother`, finishReason: "length" };
      if (prompt === "loop") return { text: "So, why? I ask you. I ask you. I ask", finishReason: "length" };
      return { text: "So, why? I ask you. And then", finishReason: prompt === "new" ? "length" : "stop" };
    });
    const ended: string[] = [];
    const gauge = { usable() {}, nothing() {}, ended: (where: string) => void ended.push(where) };
    const asked = conversations("mark", "loop", "new", "whole");
    expect(await rewritePrompts(model, pool, profile, "", asked, gauge)).toEqual([
      { text: "So, why?" },
      { text: "So, why? I ask you." },
      { failure: "truncated" },
      { text: "So, why? I ask you. And then" },
    ]);
    expect(ended).toEqual(["mark", "repetition"]);
    expect(requests.map(({ stop }) => stop)).toEqual(asked.map(({ prompt }) => marksOf(fenceOf(prompt))));
  });

  it("passes on errors that end a run", async () => {
    const { model } = rewriter(() => {
      throw new ProviderError("wrong key", { failure: "fatal" });
    });
    await expect(rewritePrompts(model, pool, profile, "", conversations("A?"))).rejects.toThrow("wrong key");
  });
});
