import { describe, expect, it } from "vitest";
import { methodContext } from "../../../test/support/method-context.ts";
import type { StyleLabel, TrainUser } from "../../core/artifacts.ts";
import type { ChatMessage } from "../../core/ports/language-model.ts";
import { styledMessages } from "../../core/prompt/prompts.ts";
import { manyShot } from "../../methods/many-shot.ts";
import type { Method } from "../../methods/method.ts";
import { profile } from "../../methods/profile.ts";
import { extractFeatures } from "./features.ts";
import { createSimModel } from "./model.ts";
import { traitVector } from "./traits.ts";

const sim = createSimModel();
const along = (trait: string, text: string): number => {
  const vector = traitVector(trait);
  return extractFeatures(text).reduce((sum, value, i) => sum + value * (vector[i] as number), 0);
};
const answered = async (messages: ChatMessage[]): Promise<string> =>
  (await sim.generate({ messages, sample: 0 })).text;
const { labels } = methodContext();
const QUESTIONS = [
  "How do I keep bees?",
  "What is a fjord?",
  "How can I learn to swim?",
  "Plan a week in Rome.",
];

/** People whose candidates are the model's own, and who like one label best and the next least. */
async function people(best: readonly number[]): Promise<TrainUser[]> {
  return Promise.all(
    best.map(async (liked, i) => ({
      id: `train-${i}`,
      history: ["I wonder how to bake bread."],
      prompt: QUESTIONS[i % QUESTIONS.length] as string,
      candidates: await Promise.all(
        labels.map(async (label: StyleLabel, l) => ({
          ...label,
          text: await answered(styledMessages(label, QUESTIONS[i % QUESTIONS.length] as string)),
          reward: l === liked ? 9 : l === (liked ^ 1) ? 1 : 5,
        })),
      ),
    })),
  );
}

/** Mean projection on "casual" of answers after these people. */
async function casual(best: readonly number[], show: "styles" | "answers"): Promise<number> {
  const method = manyShot.create(manyShot.options.parse({ show })) as Method;
  const fitted = await method.fit(await people(best), [], methodContext({ base: sim }));
  const texts = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      fitted.answer({ id: `t${i}`, history: [], prompt: `${QUESTIONS[i % 4]} ${i}` }),
    ),
  );
  return texts.reduce((sum, { text }) => sum + along("casual", text ?? ""), 0) / texts.length;
}

describe("the simulated model, shown many people", () => {
  it.each(["styles", "answers"] as const)("follows what they like on average: %s", async (show) => {
    const [all, none, divided] = [
      await casual([0, 0, 0, 0], show),
      await casual([1, 1, 1, 1], show),
      await casual([0, 1, 0, 1], show),
    ];
    expect(all).toBeGreaterThan(none + 0.5);
    expect(divided).toBeGreaterThan(none);
    expect(divided).toBeLessThan(all);
  });
});

describe("the simulated model, asked what a person may like", () => {
  it("believes that people like their own manner, and answers in it", async () => {
    const manner = async (history: string[]): Promise<number> => {
      const fitted = await (profile.create({}) as Method).fit([], [], methodContext({ base: sim }));
      const texts = await Promise.all(
        QUESTIONS.map((prompt, i) => fitted.answer({ id: `t${i}`, history, prompt })),
      );
      return texts.reduce((sum, { text }) => sum + along("enthusiastic", text ?? ""), 0);
    };
    const loud = "I absolutely love this!! It is so amazing, I can't wait!!! What an awesome day!";
    const flat = "State the procedure. The matter is of limited interest.";
    expect(await manner([loud, loud])).toBeGreaterThan((await manner([flat, flat])) + 1);
  });
});
