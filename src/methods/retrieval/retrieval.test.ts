import { describe, expect, it } from "vitest";
import { methodContext } from "../../../test/support/method-context.ts";
import { styleLabels, type TrainUser } from "../../core/artifacts.ts";
import type { GenerateRequest } from "../../core/ports/language-model.ts";
import { type PromptName, prompts } from "../../core/prompt/prompts.ts";
import { matchPrompt } from "../../core/prompt/template.ts";
import type { Method, MethodContext } from "../method.ts";
import { ragExemplar } from "./rag-exemplar.ts";
import { ragSummary } from "./rag-summary.ts";

const labels = styleLabels(["casual"]);
/** Follows casual best with `likes` 1, avoids it with -1, and shows no preference with 0. */
const train = (id: string, manner: string, likes: number): TrainUser => ({
  id,
  history: [manner],
  prompt: `question of ${id}`,
  candidates: labels.map((label, i) => ({
    ...label,
    text: `${label.direction} answer to ${id}`,
    reward: 5 + likes * (i === 0 ? 3 : -3),
  })),
});

/** Manners are points on a circle, in degrees; the model describes a history by repeating it, "mute" not at all. */
function context(): { context: MethodContext; requests: GenerateRequest[] } {
  const requests: GenerateRequest[] = [];
  const angleOf = (text: string): number => (Number(/-?\d+/.exec(text)?.[0] ?? 0) * Math.PI) / 180;
  const made = methodContext({
    base: {
      id: "test:model",
      identity: "test",
      simulated: false,
      async generate(request) {
        requests.push(request);
        const usage = { inputTokens: 1, outputTokens: 1 };
        const slotsOf = (name: PromptName) => matchPrompt(prompts[name], request.messages);
        const manner = (slotsOf("summariseManner") ?? slotsOf("summarisePerson"))?.history;
        const valued = slotsOf("summarisePreference") ?? slotsOf("summarisePreferenceWithPrompt");
        const liked = valued && [valued.prompt, valued.liked].filter(Boolean).join(": ");
        const described = manner?.includes("mute") ? "" : manner?.split("\n")[1];
        const text = described ?? (liked === null ? "the answer" : `prefers\n ${liked}`);
        return { text, finishReason: "stop", usage };
      },
    },
    embedder: {
      id: "test:circle",
      identity: "test",
      simulated: false,
      embed: async (texts) =>
        texts.map((text) => Float32Array.of(Math.cos(angleOf(text)), Math.sin(angleOf(text)))),
    },
    labels,
  });
  return { context: made, requests };
}

const users = [
  train("far", "150", 1),
  train("near", "20", -1),
  train("nearest", "12", 1),
  train("equal", "11", 0),
];
const test = { id: "test-00000", history: ["10"], prompt: "And mine?" };

async function answerOf(method: Method, world: readonly TrainUser[], made = context()) {
  const fitted = await method.fit(world, [], made.context);
  const answer = await fitted.answer(test);
  return { answer, messages: made.requests.at(-1)?.messages ?? [], requests: made.requests };
}

describe("RAG-Exemplar", () => {
  it("shows the nearest users with a preference, nearest first: prompt, liked and disliked answer", async () => {
    const { answer, messages } = await answerOf(ragExemplar.create({ k: 2 }) as Method, users);
    expect(answer).toEqual({ text: "the answer" });
    expect(messages.at(-1)).toEqual({ role: "user", content: "And mine?" });
    const shown = matchPrompt(prompts.ragExemplar, messages)?.examples ?? "";
    const order = ["question of nearest", "follow answer to nearest", "avoid answer to nearest"].concat(
      ["question of near", "avoid answer to near", "follow answer to near"].map((text) => `${text}\n`),
    );
    const places = order.map((text) => shown.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(shown).not.toMatch(/far|equal/);
  });

  it("takes the world's own preferences over the same neighbours", async () => {
    const made = context();
    await answerOf(ragExemplar.create({ k: 1 }) as Method, users, made);
    const turned = users.map((u) => (u.id === "nearest" ? train("nearest", "12", -1) : u));
    const { messages } = await answerOf(ragExemplar.create({ k: 1 }) as Method, turned, made);
    const shown = matchPrompt(prompts.ragExemplar, messages)?.examples ?? "";
    expect(shown.indexOf("avoid answer to nearest")).toBeLessThan(shown.indexOf("follow answer to nearest"));
  });
});

describe("RAG-Summary", () => {
  it("gives the described preferences of the nearest described manners, a line each", async () => {
    const { messages, requests } = await answerOf(
      ragSummary.create({ k: 2, content: "manner" }) as Method,
      users,
    );
    expect(matchPrompt(prompts.ragSummary, messages)?.preferences).toBe(
      "- prefers follow answer to nearest\n- prefers avoid answer to near\n",
    );
    // Four manners, three preferences (one user has none), the test user's manner, and the answer.
    expect(requests).toHaveLength(4 + 3 + 1 + 1);
  });

  it("passes over a user whose manner could not be described", async () => {
    const mute = { ...train("mute", "10", 1), history: ["mute"] };
    const { messages } = await answerOf(ragSummary.create({ k: 1, content: "manner" }) as Method, [
      mute,
      ...users,
    ]);
    expect(matchPrompt(prompts.ragSummary, messages)?.preferences).toBe(
      "- prefers follow answer to nearest\n",
    );
  });

  it("with the paper's content describes persons, and preferences with the prompt in view", async () => {
    const method = ragSummary.create({ k: 1, content: "paper" }) as Method;
    const { messages, requests } = await answerOf(method, users);
    expect(matchPrompt(prompts.ragSummary, messages)?.preferences).toBe(
      "- prefers question of nearest: follow answer to nearest\n",
    );
    const asked = (name: PromptName) => requests.filter((r) => matchPrompt(prompts[name], r.messages)).length;
    expect(asked("summarisePerson")).toBe(4 + 1);
    expect(asked("summarisePreferenceWithPrompt")).toBe(3);
    expect(asked("summariseManner") + asked("summarisePreference")).toBe(0);
  });
});
