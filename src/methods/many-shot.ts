import { z } from "zod";
import type { StyleLabel, TrainUser } from "../core/artifacts.ts";
import { generateText } from "../core/generate-text.ts";
import { fencedMessages, fenceOf, prompts } from "../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../core/prompt/template.ts";
import { describeMethod, type MethodContext } from "./method.ts";
import { bestStyle, rewardsByLabel } from "./rewards.ts";

/** Characters a token where no tokenizer is at hand: English text has four or more, this is on the safe side. */
const TOKEN_CHARACTERS = 3.5;

/**
 * Many-shot in-context learning (Agarwal et al., 2024, arXiv 2404.11018): as many train users as a budget of tokens holds,
 * each with the history and what the user liked best and least, then the test user: can an LLM infer the mapping? Who is
 * shown is the same for all test users of a world, and stands first, so that a server reads it once. Users are taken in
 * turn by their best-liked style, so that every style has examples before any has many.
 */
export const manyShot = describeMethod({
  id: "many-shot",
  title: "many-shot",
  summary: "many train users with what they like in the prompt: the LLM is left to find the rules",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#fb567d",
  learns: true,
  answers: "anew",
  options: z.strictObject({
    budgetTokens: z
      .int()
      .min(100)
      .default(3_000)
      .describe(
        "tokens for train users, at most, by the base LLM's tokenizer where it is at hand, else 3.5 characters each; raise it as far as the context reaches",
      ),
    show: z
      .enum(["styles", "answers"])
      .default("styles")
      .describe(
        "what is shown of a train user's taste: best and worst style in words, or the two answers themselves",
      ),
  }),
  calls: ({ test, worlds }, { budgetTokens }) => [
    {
      role: "base",
      prompt: "manyShot",
      asks: test * worlds,
      calls: test * worlds,
      inputTokens: budgetTokens,
    },
  ],
  create: ({ budgetTokens, show }) => ({
    kind: "method",
    async fit(train, _validation, context) {
      const people = shownPeople(train, budgetTokens, SHOWN[show], context);
      return {
        answer: async (user) => {
          const history = fencedMessages(prompts.inContext, user.history);
          const slots = { people, history, prompt: user.prompt };
          return { text: await generateText(context.base, renderPrompt(prompts.manyShot, slots)) };
        },
      };
    },
  }),
});

/** Indices of a train user's best and worst candidate. */
interface Taste {
  readonly best: number;
  readonly worst: number;
}

type Shown = (user: TrainUser, taste: Taste, labels: readonly StyleLabel[]) => string;

const historyOf = ({ history }: TrainUser): string => fencedMessages(prompts.inContext, history);

const SHOWN: Readonly<Record<"styles" | "answers", Shown>> = {
  styles(user, { best, worst }, labels) {
    const messages = historyOf(user);
    const words = (at: number): string => {
      const { principle, direction } = labels[at] as StyleLabel;
      return renderPart(prompts.manyShot, direction, { principle });
    };
    const slots = { messages, best: words(best), worst: words(worst), fence: fenceOf(messages) };
    return renderPart(prompts.manyShot, "styles", slots);
  },
  answers(user, { best, worst }, labels) {
    const messages = historyOf(user);
    const [liked, disliked] = [textOf(user, labels[best]), textOf(user, labels[worst])];
    const fence = fenceOf(messages, user.prompt, liked, disliked);
    return renderPart(prompts.manyShot, "answers", {
      messages,
      question: user.prompt,
      liked,
      disliked,
      fence,
    });
  },
};

const textOf = ({ candidates }: TrainUser, label: StyleLabel | undefined): string =>
  candidates.find((c) => c.principle === label?.principle && c.direction === label.direction)?.text ?? "";

/** The best and worst style by the user's rewards (ties: the first); `null` where they show no preference. */
function tasteOf(user: TrainUser, labels: readonly StyleLabel[]): Taste | null {
  const rewards = rewardsByLabel(labels, user.candidates);
  const best = bestStyle(rewards);
  const worst = bestStyle(rewards.map((reward) => -reward));
  return best < 0 || rewards[best] === rewards[worst] ? null : { best, worst };
}

/** Whoever still fits is shown: one user of each best-liked style in turn, in the order of the train users. */
function shownPeople(
  train: readonly TrainUser[],
  budget: number,
  shown: Shown,
  { base, labels, note }: MethodContext,
): string {
  const byStyle: string[][] = labels.map(() => []);
  for (const user of train) {
    const taste = tasteOf(user, labels);
    if (taste !== null) byStyle[taste.best]?.push(shown(user, taste, labels));
  }
  const longest = Math.max(...byStyle.map((own) => own.length));
  const inTurn = Array.from({ length: longest }, (_, round) => byStyle.flatMap((own) => own[round] ?? []));
  const tokensOf = base.countTokens ?? ((text: string) => Math.ceil(text.length / TOKEN_CHARACTERS));
  let left = budget;
  const people = inTurn.flat().filter((person) => {
    const tokens = tokensOf(person);
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
  if (people.length === 0) note(`many-shot: no train user fits into ${budget} tokens, so that none is shown`);
  return people.join("");
}
