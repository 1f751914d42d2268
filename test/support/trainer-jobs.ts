import type { TrainerJob, TrainerQuestion } from "../../src/core/ports/trainer.ts";

const encoded = (...numbers: number[]): string =>
  Buffer.from(Float32Array.from(numbers).buffer).toString("base64");

/** Two kinds of people, and what they like. */
const PEOPLE = [
  {
    history: ["hey you, what's up with cars?", "yo, tell me of trains"],
    label: 0,
    chosen: "yo yo",
    rejected: "Dear Sir",
  },
  {
    history: ["Good day. Pray explain cars.", "Kindly describe trains."],
    label: 3,
    chosen: "Dear Sir",
    rejected: "yo yo",
  },
] as const;
const person = (i: number) => PEOPLE[i % 2 === 0 ? 0 : 1];

/** A small encoder router of four labels, with twelve users and one that is tested. */
export function routerJob(
  model: Record<string, unknown>,
  settings: Record<string, unknown> = {},
): TrainerJob {
  const user = (split: string, i: number) => ({
    id: `${split}-${i}`,
    history: person(i).history,
    ...(split === "test" ? {} : { target: person(i).label }),
  });
  return {
    key: "a1".repeat(16),
    request: {
      protocol: 1,
      kind: "encoder-router",
      model,
      data: {
        labels: ["follow casual", "avoid casual", "follow gentle", "avoid gentle"],
        train: Array.from({ length: 8 }, (_, i) => user("train", i)),
        validation: Array.from({ length: 4 }, (_, i) => user("validation", i)),
        test: [user("test", 0)],
      },
      settings,
      seed: 7,
    },
  };
}

export const QUESTIONS: readonly TrainerQuestion[] = [1, -1].map((side, i) => ({
  id: `question-${i}`,
  messages: [{ role: "user", content: `What about cars, ${i}?` }],
  embedded: encoded(side, 0, 0),
  seed: 11 + i,
  sampling: { temperature: 0 },
  maxTokens: 6,
}));

/** A small soft prompt of eight pairs. */
export function softPromptJob(
  model: Record<string, unknown>,
  settings: Record<string, unknown> = {},
): TrainerJob {
  const pair = (split: string, i: number) => ({
    id: `${split}-${i}`,
    embedded: encoded(i % 2 === 0 ? 1 : -1, 0, 0),
    prompt: [{ role: "user", content: `Question ${i}?` }],
    chosen: person(i).chosen,
    rejected: person(i).rejected,
  });
  return {
    key: "b2".repeat(16),
    request: {
      protocol: 1,
      kind: "soft-prompt",
      model,
      data: {
        embedder: { id: "test:numbers", identity: "test" },
        train: Array.from({ length: 8 }, (_, i) => pair("train", i)),
        validation: Array.from({ length: 4 }, (_, i) => pair("validation", i)),
        answers: { requests: QUESTIONS },
      },
      settings,
      seed: 7,
    },
  };
}
