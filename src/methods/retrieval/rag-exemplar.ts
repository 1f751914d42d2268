import { generateText } from "../../core/generate-text.ts";
import { fenceOf, prompts } from "../../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../../core/prompt/template.ts";
import { embeddedHistories, embeddedHistoryCalls, historyText } from "../histories.ts";
import { describeMethod } from "../method.ts";
import { bestAndWorst, neighbourIndex, neighbourOptions, shownNeighbours } from "./neighbours.ts";

/**
 * RAG-Exemplar (spec section 4.4): the k train users whose embedded histories are nearest by cosine; their prompt with
 * best and worst candidate are shown as examples of what similar users like and dislike, the nearest first.
 */
export const ragExemplar = describeMethod({
  id: "rag-exemplar",
  title: "RAG-Exemplar",
  summary: "liked and disliked answers of the nearest train users as examples",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#b9314a",
  learns: true,
  answers: "anew",
  options: neighbourOptions,
  calls: (sizes, { k }) => {
    const { test, worlds } = sizes;
    return [
      { role: "base", prompt: "ragExemplar", asks: test * worlds, calls: shownNeighbours(sizes, k) },
      ...embeddedHistoryCalls(sizes, ["train", "test"]),
    ];
  },
  create: ({ k }) => ({
    kind: "method",
    async fit(train, _validation, context) {
      const histories = embeddedHistories(context);
      const index = await context.memo("rag-exemplar/index", async () =>
        neighbourIndex((id, text) => histories.of({ id, history: [text] }), await histories.train(train)),
      );
      // A user whose rewards show no preference teaches nothing; which they are depends on the world.
      const pairs = train.map(bestAndWorst);
      const example = (row: number): string => {
        const question = train[row]?.prompt ?? "";
        const { liked, disliked } = pairs[row] ?? { liked: "", disliked: "" };
        const fence = fenceOf(question, liked, disliked);
        return renderPart(prompts.ragExemplar, "example", { question, liked, disliked, fence });
      };
      return {
        async answer(user) {
          const near = await index.nearest(user.id, historyText(user), k, (row) => pairs[row] !== null);
          const slots = { examples: near.map(example).join(""), prompt: user.prompt };
          return { text: await generateText(context.base, renderPrompt(prompts.ragExemplar, slots)) };
        },
      };
    },
  }),
});
