import { z } from "zod";
import { type CosineIndex, cosineIndex, type Neighbour } from "../numerics/cosine.ts";
import { embeddedHistories, embeddedHistoryCalls } from "./histories.ts";
import { describeMethod } from "./method.ts";
import { meanChosenReward, rewardMatrix } from "./rewards.ts";
import { answerByReward, checkRewards } from "./routing/style-scores.ts";

/** Numbers of neighbours tried, fewer than all train users. */
const TRIED = [3, 5, 10, 20, 40, 80, 160, 320];

/**
 * Nearest neighbours (Cover & Hart, 1967; distance-weighted: Dudani, 1976): what the k train users with the most similar
 * embedded histories liked, the mean reward of each style weighted by similarity; the style of the largest mean. Unless it
 * is given, k is the one whose choices bring the validation users the most (ties: the smaller one).
 */
export const knnRouting = describeMethod({
  id: "knn-routing",
  title: "k-NN routing",
  summary: "the style that the most similar train users liked best, by their mean rewards",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#227e5b",
  learns: true,
  answers: "styled",
  options: z.strictObject({
    k: z
      .int()
      .min(1)
      .optional()
      .meta({
        description: "how many of the most similar train users are asked",
        unset: `of ${TRIED.join(", ")}, the best on validation users`,
      }),
  }),
  calls: (sizes, { k }) =>
    embeddedHistoryCalls(sizes, k === undefined ? ["train", "validation", "test"] : ["train", "test"]),
  create: ({ k: given }) => ({
    kind: "method",
    async fit(train, validation, context) {
      const { labels, memo } = context;
      const rewards = rewardMatrix(train, labels);
      checkRewards(rewards, "knn-routing");
      const histories = embeddedHistories(context);
      const index = await memo("knn-routing/index", async () => cosineIndex(await histories.train(train)));
      const means = (near: readonly Neighbour[], k: number): Float64Array =>
        meanRewards(near.slice(0, k), rewards, labels.length);
      const best = async (): Promise<number> => {
        const near = await memo("knn-routing/validation", async () =>
          (await histories.validation(validation)).map((vector) => shortlist(index, vector, train.length)),
        );
        const known = rewardMatrix(validation, labels);
        const worth = (k: number): number => {
          const predicted = new Float64Array(known.length);
          for (const [i, own] of near.entries()) predicted.set(means(own, k), i * labels.length);
          return meanChosenReward(predicted, known, labels.length);
        };
        const worths = triedOf(train.length).map((k) => ({ k, worth: worth(k) }));
        const { k, worth: validationReward } = worths.reduce((a, b) => (b.worth > a.worth ? b : a));
        context.learned({ k, validationReward });
        return k;
      };
      const k = given ?? (await best());
      return answerByReward(async (user) => means(index.nearest(await histories.of(user), k), k), context);
    },
  }),
});

const triedOf = (users: number): number[] => TRIED.filter((k, i) => i === 0 || k < users);

const shortlist = (index: CosineIndex, vector: Float32Array, users: number): Neighbour[] =>
  index.nearest(vector, triedOf(users).at(-1) as number);

/**
 * Mean reward of each style over neighbours, weighted by similarity; a missing reward is left out. Who is no more similar
 * than chance (cosine 0 or less) counts only where nobody is: then all count alike.
 * @param rewards train users x styles
 * @returns NaN for a style of which no neighbour has a reward
 */
export function meanRewards(near: readonly Neighbour[], rewards: Float64Array, styles: number): Float64Array {
  const isAnySimilar = near.some(({ similarity }) => similarity > 0);
  const [sums, weights] = [new Float64Array(styles), new Float64Array(styles)];
  for (const { index, similarity } of near) {
    const weight = isAnySimilar ? Math.max(0, similarity) : 1;
    for (let s = 0; s < styles; s++) {
      const reward = rewards[index * styles + s] as number;
      if (Number.isNaN(reward)) continue;
      sums[s]! += weight * reward;
      weights[s]! += weight;
    }
  }
  return sums.map((sum, s) => ((weights[s] as number) > 0 ? sum / (weights[s] as number) : Number.NaN));
}
