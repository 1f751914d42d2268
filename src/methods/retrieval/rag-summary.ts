import type { TrainUser, UserText } from "../../core/artifacts.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import { generateText } from "../../core/generate-text.ts";
import { fencedMessages, fenceOf, prompts } from "../../core/prompt/prompts.ts";
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

const INDEX = "rag-summary/index";

/**
 * RAG-Summary (spec section 4.5): the LLM describes each train user's manner from H (key) and preferences from the best
 * and worst candidate (value); a test user, described in the same way, gets the values of the k nearest keys.
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
  options: neighbourOptions,
  calls: (sizes, { k }) => {
    const { train, test, worlds, historyLength, trainViews } = sizes;
    // Without a history all are described by the same request.
    const manners = (users: number): number => (historyLength === 0 ? 0 : users);
    const manner = { role: "base", prompt: "summariseManner" } as const;
    return [
      { ...manner, asks: train, calls: historyLength === 0 ? 1 : train, sameAs: "manners", memo: INDEX },
      { ...manner, asks: test * worlds, calls: manners(test), sameAs: "manners of test users" },
      {
        role: "base",
        prompt: "summarisePreference",
        asks: train * worlds,
        calls: trainViews,
        sameAs: "preferences",
      },
      { role: "base", prompt: "ragSummary", asks: test * worlds, calls: shownNeighbours(sizes, k) },
      embedded("train", embedRequests(train)),
      embedded("test", test),
    ];
  },
  create: ({ k }) => ({
    kind: "method",
    async fit(train, _validation, context) {
      const index = await context.memo(INDEX, () => mannerIndex(train, context));
      const values = await mapConcurrent(train, context.concurrency, (user) =>
        describePreference(user, context),
      );
      const preference = (row: number): string =>
        renderPart(prompts.ragSummary, "preference", { preference: values[row] ?? "" });
      return {
        async answer(user) {
          const manner = await describeManner(user, context);
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
const embedded = (whose: string, requests: number): MethodCalls => ({
  role: "embedder",
  asks: requests,
  calls: requests,
  sameAs: `manners of ${whose} users`,
  memo: INDEX,
});

/** The train users' described manners, embedded; the same in every world. */
async function mannerIndex(train: readonly UserText[], context: MethodContext): Promise<NeighbourIndex> {
  const manners = await mapConcurrent(train, context.concurrency, (user) => describeManner(user, context));
  const vectors = await embedAll(
    context,
    manners.map((m) => m ?? ""),
  );
  return neighbourIndex(
    async (_user, text) => (await embedAll(context, [text]))[0] as Float32Array,
    vectors.map((vector, i) => (manners[i] === null ? null : vector)),
  );
}

async function describeManner(user: UserText, { base }: MethodContext): Promise<string | null> {
  const history = fencedMessages(prompts.summariseManner, user.history);
  return oneLine(await generateText(base, renderPrompt(prompts.summariseManner, { history })));
}

async function describePreference(user: TrainUser, { base }: MethodContext): Promise<string | null> {
  const pair = bestAndWorst(user);
  if (pair === null) return null;
  const fence = fenceOf(pair.liked, pair.disliked);
  return oneLine(await generateText(base, renderPrompt(prompts.summarisePreference, { ...pair, fence })));
}

/** Descriptions stand in a list, one line each. */
function oneLine(text: string | null): string | null {
  return text === null ? null : text.replace(/\s+/g, " ");
}
