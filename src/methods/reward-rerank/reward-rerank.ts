import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { PREFERENCE_LOSSES } from "../../numerics/preference-loss.ts";
import { likingOf } from "../../numerics/preference-model.ts";
import { embeddedHistoryCalls, embedRequests } from "../histories.ts";
import { describeMethod } from "../method.ts";
import { bestStyle } from "../rewards.ts";
import { areEmbedded, featuresOption } from "../routing/features.ts";
import { describeTexts } from "./descriptions.ts";
import { POOL_KINDS, poolCalls, poolOf } from "./pools.ts";
import { REWARD_MODEL_VERSION, rewardModel } from "./reward-model.ts";

/**
 * Best of n by a personalized reward model that knows a user from the history alone: r(H, y) = lambda(H)' V psi(y) + v' psi(y)
 * with lambda(H) = A phi(H), low-rank. phi and psi are the embedder's vectors or n-grams, along their principal axes; psi is
 * centred over the answers to the same prompt. It is fitted on all pairs of a train user's candidates. Shared kinds of
 * liking with weights of each user: LoRe (Bose et al., 2025, arXiv 2504.14439) and PReF (Shenfeld et al., 2025, arXiv
 * 2503.06358), who fit a new user's weights to answers that the user has rated; here, as in variational preference
 * learning (Poddar et al., 2024, arXiv 2408.10075), they are inferred from what is known of the user.
 */
export const rewardRerank = describeMethod({
  id: "reward-rerank",
  title: "reward reranking",
  summary: "the best of many answers by a reward model that knows the user from the history",
  version: String(REWARD_MODEL_VERSION),
  role: "method",
  readsHistory: true,
  colour: "#dd3ae0",
  learns: true,
  answers: ({ pool }) => (pool === "styles" ? "ranked" : "anew"),
  options: z.strictObject({
    pool: z
      .enum(POOL_KINDS)
      .default("styles")
      .describe(
        "what is chosen from: an answer in each style, which no world changes and which is paid for once, `n` plain draws, or both",
      ),
    n: z.int().min(2).default(8).describe("how many plain draws"),
    features: featuresOption("embedding"),
    loss: z
      .enum(PREFERENCE_LOSSES)
      .default("bradley-terry")
      .describe("what is fitted: which of two answers is liked better, or the rewards themselves"),
  }),
  calls: (sizes, options) => {
    const { train, validation, styles } = sizes;
    const candidates = (whose: string, users: number) => ({
      role: "embedder" as const,
      asks: embedRequests(users * styles),
      calls: embedRequests(users * styles),
      sameAs: `candidates of ${whose} users`,
      memo: `candidates of ${whose} users, ${options.features}`,
    });
    return [
      ...(areEmbedded(options.features)
        ? [
            ...embeddedHistoryCalls(sizes, ["train", "validation", "test"]),
            candidates("train", train),
            candidates("validation", validation),
          ]
        : []),
      ...poolCalls(sizes, options),
    ];
  },
  create: (options) => ({
    kind: "method",
    async fit(train, validation, context) {
      const { base, labels } = context;
      if (options.pool !== "styles" && base.deterministic === true) {
        throw new UsageError(
          `the base LLM answers the same however often it is asked: there is no best of ${options.n}`,
          {
            where: `${base.id}, method reward-rerank`,
            remedy: 'set its temperature above 0, or "pool": "styles"',
          },
        );
      }
      const descriptions = await describeTexts(options.features, train, validation, context);
      const { model, facts } = rewardModel(options.loss, { train, validation }, descriptions, context);
      context.learned(facts);
      return {
        async answer(user) {
          const { answers, numbers } = await poolOf(user, options, descriptions, context);
          const liking = likingOf(model, await descriptions.user(user));
          const expected = Float64Array.from(answers, (_, i) =>
            liking.reduce((sum, weight, k) => sum + weight * (numbers[i * liking.length + k] as number), 0),
          );
          const best = answers[bestStyle(expected)];
          if (best === undefined) return { text: null };
          const { text, label } = best;
          const byLabel = labels.map((style) => {
            const at = answers.findIndex(
              (a) => a.label?.principle === style.principle && a.label.direction === style.direction,
            );
            return at < 0 ? null : (expected[at] as number);
          });
          return {
            text,
            ...(label === undefined ? {} : { label }),
            ...(options.pool === "samples" ? {} : { predicted: byLabel }),
          };
        },
      };
    },
  }),
});
