import { describe, expect, it } from "vitest";
import { readPrompt, type TaskKind } from "./reading.ts";
import { SLOTS, type SlotName } from "./wording.ts";

const slot = (prompt: string, name: SlotName): string =>
  readPrompt(prompt).slots[SLOTS.indexOf(name)] as string;

describe("readPrompt", () => {
  it.each<[string, TaskKind, string]>([
    ["How do I keep basil alive on a windowsill in winter?", "howto", "basil"],
    ["What are the benefits of meditation?", "question", "meditation"],
    ["Why do cats knead blankets with their paws?", "explanation", "cats"],
    ["Write a short poem about autumn leaves.", "writing", "autumn leaves"],
    ["What is the difference between a virus and a bacterium?", "comparison", "a virus"],
    ["Plan a weekend in Lisbon for two people on a small budget.", "planning", "a weekend"],
    ["Should schools ban phones?", "opinion", "schools"],
    ["Explain how inflation affects a pension.", "explanation", "inflation"],
    ["Write a Python function that reverses a linked list.", "code", "a Python function"],
    ["How many litres of paint do I need for a room of 20 square metres?", "numbers", "paint"],
    ["I feel lonely since I moved to a new city. What can I do?", "feelings", "a new city"],
  ])("finds task and subject of %j", (prompt, kind, topic) => {
    expect(readPrompt(prompt).kind).toBe(kind);
    expect(slot(prompt, "topic")).toBe(topic);
  });

  it.each<[string, string, string]>([
    ["Plan the six weeks before a small wedding in a large family.", "a small wedding", "a large family"],
    ["How can a swimmer recognise a rip current?", "a swimmer", "a rip current"],
    ["Why is a wok better than a deep frying pan?", "a wok", "a deep frying pan"],
    ["A van holds twelve cubic metres and our furniture takes thirty.", "a van", "your furniture"],
    ["Does a handmade cup deserve to cost so much?", "a handmade cup", "the details"],
    ["What should I do about the vase my late wife made?", "the vase", "your late wife"],
    ["Explain what cross-site scripting is.", "cross-site scripting", "the details"],
    ["Which box and no lid suit an urn full of ashes?", "an urn", "ashes"],
    ["What is the slowest?", "this", "the details"],
    ["waht is the difference in my garden?", "your garden", "the details"],
  ])("names whole things only: %j", (prompt, topic, focus) => {
    expect([slot(prompt, "topic"), slot(prompt, "focus")]).toEqual([topic, focus]);
  });

  it("sees the same request behind a person's manner", () => {
    const chatty =
      "hey! so im super excited about my garden. can u tell me how to grow tomatoes?? keep it short. thx";
    expect(readPrompt(chatty).kind).toBe("howto");
    expect(slot(chatty, "task")).toBe("grow tomatoes");
    expect(slot("I’m really curious—why do my cats purr?", "topic")).toBe("your cats");
  });

  it("names the two sides of a comparison", () => {
    const prompt = "Which is better for a beginner, guitar or piano?";
    expect([slot(prompt, "first"), slot(prompt, "second")]).toEqual(["guitar", "piano"]);
  });

  it("speaks to the reader in the task", () => {
    expect(slot("How can I stop my dog from barking at us?", "task")).toBe(
      "stop your dog from barking at you",
    );
  });

  it("finds the request's place in a long prompt", () => {
    const passage = "The harbour lay in fog, and nothing moved on the water that day. ".repeat(60);
    const prompt = `${passage}\n\nSummarise the passage above in two sentences.`;
    const { start, end } = readPrompt(prompt).request;
    expect(prompt.slice(start, end)).toBe("Summarise the passage above in two sentences.");
  });

  it.each(["", "   ", "???", "😀😀", "<<{{}}>>"])("names no subject where there is none: %j", (prompt) => {
    expect(slot(prompt, "topic")).toBe("this");
  });
});
