import { z } from "zod";
import type { TrainUser, UserText } from "../../core/artifacts.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import { generateText } from "../../core/generate-text.ts";
import { fencedMessages, fenceOf, type PromptName, prompts } from "../../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../../core/prompt/template.ts";
import type { MethodCalls } from "../calls.ts";
import { embedAll, embedRequests } from "../histories.ts";
import { describeMethod, type MethodContext } from "../method.ts";
import {
  bestAndWorst,
  type NeighbourIndex,
  neighbourIndex,
  neighbourOptions,
  shownNeighbours,
} from "./neighbours.ts";

const options = neighbourOptions.extend({
  content: z
    .enum(["manner", "paper"])
    .default("manner")
    .describe(
      "what is described: `manner` (how a user writes; what the liked answer has, from the answers alone), or as in the `paper` (tone, interests, expertise and likely wishes; the liked answer with the prompt in view)",
    ),
});
type Content = z.output<typeof options>["content"];

/** What is kept once for all worlds. */
const INDEX: Readonly<Record<Content, string>> = {
  manner: "rag-summary/index",
  paper: "rag-summary/index of persons",
};
/** Which prompts ask for key and value. */
const PROMPTS = {
  manner: { key: "summariseManner", value: "summarisePreference" },
  paper: { key: "summarisePerson", value: "summarisePreferenceWithPrompt" },
} as const satisfies Record<Content, { key: PromptName; value: PromptName }>;

/**
 * RAG-Summary (spec section 4.5): the LLM describes each train user's manner from H (key) and preferences from the best
 * and worst candidate (value); a test user, described in the same way, gets the values of the k nearest keys. With the
 * paper's content the key describes the whole person, and the value is made with the prompt in view.
 */
export const ragSummary = describeMethod({
  id: "rag-summary",
  title: "RAG-Summary",
  summary: "described preferences of the train users of the nearest manner",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#6948e3",
  learns: true,
  answers: "anew",
  options,
  calls: (sizes, { k, content }) => {
    const { train, test, worlds, historyLength, trainViews } = sizes;
    // Without a history all are described by the same request.
    const manners = (users: number): number => (historyLength === 0 ? 0 : users);
    const { key, value } = PROMPTS[content];
    const manner = { role: "base", prompt: key } as const;
    return [
      {
        ...manner,
        asks: train,
        calls: historyLength === 0 ? 1 : train,
        sameAs: `manners (${content})`,
        memo: INDEX[content],
      },
      { ...manner, asks: test * worlds, calls: manners(test), sameAs: `manners of test users (${content})` },
      {
        role: "base",
        prompt: value,
        asks: train * worlds,
        calls: trainViews,
        sameAs: `preferences (${content})`,
      },
      { role: "base", prompt: "ragSummary", asks: test * worlds, calls: shownNeighbours(sizes, k) },
      embedded("train", content, embedRequests(train)),
      embedded("test", content, test),
    ];
  },
  create: ({ k, content }) => ({
    kind: "method",
    async fit(train, _validation, context) {
      const index = await context.memo(INDEX[content], () => mannerIndex(train, content, context));
      const values = await mapConcurrent(train, context.concurrency, (user) =>
        describePreference(user, content, context),
      );
      const preference = (row: number): string =>
        renderPart(prompts.ragSummary, "preference", { preference: values[row] ?? "" });
      return {
        async answer(user) {
          const manner = await describeManner(user, content, context);
          const near =
            manner === null ? [] : await index.nearest(user.id, manner, k, (row) => values[row] !== null);
          const slots = { preferences: near.map(preference).join(""), prompt: user.prompt };
          return { text: await generateText(context.base, renderPrompt(prompts.ragSummary, slots)) };
        },
      };
    },
  }),
});

/** Manners are embedded once, whatever the worlds. */
const embedded = (whose: string, content: Content, requests: number): MethodCalls => ({
  role: "embedder",
  asks: requests,
  calls: requests,
  sameAs: `manners of ${whose} users (${content})`,
  memo: INDEX[content],
});

/** The train users' described manners, embedded; the same in every world. */
async function mannerIndex(
  train: readonly UserText[],
  content: Content,
  context: MethodContext,
): Promise<NeighbourIndex> {
  const manners = await mapConcurrent(train, context.concurrency, (user) =>
    describeManner(user, content, context),
  );
  const vectors = await embedAll(
    context,
    manners.map((m) => m ?? ""),
  );
  return neighbourIndex(
    async (_user, text) => (await embedAll(context, [text]))[0] as Float32Array,
    vectors.map((vector, i) => (manners[i] === null ? null : vector)),
  );
}

async function describeManner(
  user: UserText,
  content: Content,
  { base }: MethodContext,
): Promise<string | null> {
  const prompt = prompts[PROMPTS[content].key];
  const history = fencedMessages(prompt, user.history);
  return oneLine(await generateText(base, renderPrompt(prompt, { history })));
}

async function describePreference(
  user: TrainUser,
  content: Content,
  { base }: MethodContext,
): Promise<string | null> {
  const pair = bestAndWorst(user);
  if (pair === null) return null;
  const { prompt } = user;
  const { liked, disliked } = pair; // each is looked up when it is read
  const shown = content === "paper" ? [prompt, liked, disliked] : [liked, disliked];
  const slots = { liked, disliked, prompt, fence: fenceOf(...shown) };
  return oneLine(await generateText(base, renderPrompt(prompts[PROMPTS[content].value], slots)));
}

/** Descriptions stand in a list, one line each. */
function oneLine(text: string | null): string | null {
  return text === null ? null : text.replace(/\s+/g, " ");
}
