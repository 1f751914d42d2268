import { describe, expect, it } from "vitest";
import { methodContext, numberEmbedder } from "../../../test/support/method-context.ts";
import type { TrainUser } from "../../core/artifacts.ts";
import type { GenerateRequest, LanguageModel } from "../../core/ports/language-model.ts";
import { prompts } from "../../core/prompt/prompts.ts";
import { matchPrompt } from "../../core/prompt/template.ts";
import { rngOf, rootKey } from "../../core/random.ts";
import type { Method, MethodContext } from "../method.ts";
import { rewardRerank } from "./reward-rerank.ts";

const { labels } = methodContext();
/** Users whose first number tells which direction of answers they like: the first or the second number, up or down. */
const LIKES = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** An answer is three numbers: its topic, which all answers to a prompt share, and two of style. */
function users(count: number, seed: string): TrainUser[] {
  const rng = rngOf(rootKey(seed));
  return Array.from({ length: count }, (_, i) => {
    const kind = LIKES[i % 4]!;
    const topic = 30 * rng.normal();
    return {
      id: `${seed}-${i}`,
      history: [`${kind[0] + 0.2 * rng.normal()} ${kind[1] + 0.2 * rng.normal()} 0`],
      prompt: `question ${i}`,
      candidates: labels.map((label) => {
        const style = [rng.normal(), rng.normal()];
        const reward = 5 + 2 * (kind[0] * style[0]! + kind[1] * style[1]!) + 0.5 * rng.normal();
        return {
          ...label,
          text: `${topic} ${topic + style[0]!} ${topic + style[1]!}`,
          reward: rng.uniform() < 0.05 ? null : reward,
        };
      }),
    };
  });
}

/** Answers in the style i: style 0 goes up by the first number, 1 down, 2 up by the second, 3 down; draws are in between. */
function model(requests: GenerateRequest[], deterministic = false): LanguageModel {
  return {
    ...methodContext().base,
    deterministic,
    async generate(request) {
      requests.push(request);
      const told = matchPrompt(prompts.respond, request.messages)?.instruction ?? "";
      const style = labels.findIndex(
        (l) => told.includes(l.principle) && told.includes("opposite") === (l.direction === "avoid"),
      );
      const size = style < 0 ? 0.1 + 0.3 * request.sample : 1;
      const direction = style < 0 ? LIKES[0] : [LIKES[0], LIKES[2], LIKES[1], LIKES[3]][style]!;
      return {
        text: `7 ${7 + size * direction[0]} ${7 + size * direction[1]}`,
        finishReason: "stop",
        usage: { inputTokens: 1, outputTokens: 1 },
      };
    },
  };
}

interface Change {
  readonly options?: object;
  readonly context?: Partial<MethodContext>;
  readonly train?: TrainUser[];
}

async function fitted({ options = {}, context = {}, train = users(80, "train") }: Change = {}) {
  const requests: GenerateRequest[] = [];
  const facts: Record<string, number>[] = [];
  const made = methodContext({
    base: model(requests),
    learned: (found) => facts.push(found),
    ...context,
  });
  const method = rewardRerank.create(rewardRerank.options.parse(options)) as Method;
  const found = await method.fit(train, users(40, "validation"), made);
  const answer = (kind: number, id = `test-${kind}`) =>
    found.answer({ id, history: [`${LIKES[kind]![0]} ${LIKES[kind]![1]} 0`], prompt: "And mine?" });
  return { answer, requests, facts };
}

describe("reward reranking", () => {
  it.each(["bradley-terry", "least-squares"])(
    "gives each user the best style by the text itself: %s",
    async (loss) => {
      const { answer, facts } = await fitted({ options: { loss } });
      const chosen = await Promise.all([0, 2, 1, 3].map((kind) => answer(kind)));
      expect(chosen.map(({ label }) => label)).toEqual([labels[0], labels[1], labels[2], labels[3]]);
      expect(facts[0]!.validationAccuracy).toBeGreaterThan(0.75);
      const [first] = chosen;
      expect(first!.predicted).toHaveLength(labels.length);
      expect(first!.predicted![0]).toBe(Math.max(...(first!.predicted as number[])));
    },
  );

  it("asks for every style once, whatever the worlds", async () => {
    const { answer, requests } = await fitted();
    for (let world = 0; world < 3; world++) await answer(0);
    expect(requests).toHaveLength(labels.length);
  });

  it("chooses among plain draws, the baseline's own first", async () => {
    const { answer, requests } = await fitted({ options: { pool: "samples", n: 5 } });
    const [likes, dislikes] = [await answer(0), await answer(2)];
    expect(likes).toEqual({ text: "7 8.3 7" });
    expect(dislikes).toEqual({ text: "7 7.1 7" });
    expect(requests.slice(0, 5).map(({ sample }) => sample)).toEqual([0, 1, 2, 3, 4]);
  });

  it("chooses among both, and says what it expects of the styles", async () => {
    const { answer, requests } = await fitted({ options: { pool: "both", n: 3 } });
    const { label, predicted } = await answer(1);
    expect([label, predicted?.length]).toEqual([labels[2], labels.length]);
    expect(requests).toHaveLength(labels.length + 3);
  });

  it("leaves out a style without an answer, and has none where there is no answer at all", async () => {
    const base = model([]);
    const mute: LanguageModel = {
      ...base,
      generate: async (request) => {
        const result = await base.generate(request);
        return result.text.startsWith("7 8 ") ? { ...result, text: "" } : result;
      },
    };
    const { answer } = await fitted({ context: { base: mute } });
    const { predicted } = await answer(0);
    expect(predicted![0]).toBeNull();
    expect(predicted!.slice(1)).not.toContain(null);
    const silent: LanguageModel = {
      ...base,
      generate: async (request) => ({ ...(await base.generate(request)), text: "" }),
    };
    expect(await (await fitted({ context: { base: silent } })).answer(0)).toEqual({ text: null });
  });

  it("is fitted once: a second run takes the model from the store and answers the same", async () => {
    const { artifacts } = methodContext();
    const first = await fitted({ context: { artifacts } });
    const before = await first.answer(1);
    const forgetful = { ...numberEmbedder(), identity: "test" };
    const second = await fitted({ context: { artifacts, embedder: forgetful } });
    expect(await second.answer(1)).toEqual(before);
    expect(second.facts).toEqual(first.facts);
  });

  it("says that a model which always answers the same leaves nothing to choose from", async () => {
    const context = { base: model([], true) };
    await expect(fitted({ options: { pool: "samples" }, context })).rejects.toThrow(/no best of 8/);
    await expect(fitted({ context })).resolves.toBeDefined();
  });

  it("says that there is nothing to learn from", async () => {
    const train = users(8, "train").map((user) => ({
      ...user,
      candidates: user.candidates.map((c) => ({ ...c, reward: null })),
    }));
    await expect(fitted({ train })).rejects.toThrow(/no train user has any reward/);
  });
});
