import { describe, expect, it } from "vitest";
import { methodContext, numberEmbedder } from "../../../test/support/method-context.ts";
import type { TrainUser } from "../../core/artifacts.ts";
import { rngOf, rootKey } from "../../core/random.ts";
import type { Method, MethodContext } from "../method.ts";
import { FEATURE_KINDS, type FeatureKind } from "./features.ts";
import { routing } from "./routing.ts";

const { labels } = methodContext();
/** Words that tell the first user type from the second; their embedding is the sum of their parts. */
const MANNERS = [
  ["1 0", "2 0", "3 1"],
  ["0 1", "0 2", "1 3"],
] as const;
const LIKES = [
  [9, 2, 6, 5],
  [2, 5, 6, 9],
] as const;

/** Users of two types, whose rewards are noisy and partly missing; `gaps` is the share that is. */
function users(count: number, seed: string, gaps = 0.1): TrainUser[] {
  const rng = rngOf(rootKey(seed));
  return Array.from({ length: count }, (_, i) => ({
    id: `${seed}-${i}`,
    history: [rng.pick(MANNERS[i % 2]!), rng.pick(MANNERS[i % 2]!)],
    prompt: `question ${i}`,
    candidates: labels.map((label, l) => ({
      ...label,
      text: "a",
      reward: rng.uniform() < gaps ? null : LIKES[i % 2]![l]! + 1.5 * rng.normal(),
    })),
  }));
}

const embedder = () => {
  const numbers = numberEmbedder();
  return { ...numbers, embed: (texts: readonly string[]) => numbers.embed(texts.map(sumOfParts)) };
};
const sumOfParts = (text: string): string => {
  const parts = text.split("\n\n").map((part) => part.split(" ").map(Number));
  return [0, 1].map((i) => parts.reduce((sum, part) => sum + part[i]!, 0)).join(" ");
};

async function choices(
  options: { features?: FeatureKind; context?: MethodContext; train?: TrainUser[] } = {},
) {
  const { features = "ngrams", context = methodContext({ embedder: embedder() }) } = options;
  const method = routing.create({ labels: "rewards", features, classifier: "linear" }) as Method;
  const fitted = await method.fit(options.train ?? users(60, "train"), users(20, "validation"), context);
  const asked = users(20, "test").map(({ id, history, prompt }) => fitted.answer({ id, history, prompt }));
  return (await Promise.all(asked)).map(({ label }) =>
    labels.findIndex((l) => l.principle === label?.principle && l.direction === label.direction),
  );
}
const right = users(20, "test").map((_, i) => (i % 2 === 0 ? 0 : 3));

describe("routing by rewards", () => {
  it.each(FEATURE_KINDS)("chooses the style of the largest expected reward, from %s", async (features) => {
    expect(await choices({ features })).toEqual(right);
  });

  it("learns from what is there when most rewards are missing, and users with none do not matter", async () => {
    expect(await choices({ train: users(200, "train", 0.7) })).toEqual(right);
    const silent = users(5, "silent", 1);
    expect(await choices({ train: [...users(60, "train"), ...silent] })).toEqual(right);
  });

  it("is fitted once: a second run takes the model from the store and chooses the same", async () => {
    const { artifacts } = methodContext();
    let puts = 0;
    const counting = {
      getArtifact: artifacts.getArtifact.bind(artifacts),
      putArtifact: (...args: Parameters<typeof artifacts.putArtifact>) => {
        puts++;
        artifacts.putArtifact(...args);
      },
    };
    const first = await choices({ context: methodContext({ artifacts: counting }) });
    expect(await choices({ context: methodContext({ artifacts: counting }) })).toEqual(first);
    expect(puts).toBe(1);
  });

  it("says that there is nothing to learn from", async () => {
    await expect(choices({ train: users(9, "silent", 1) })).rejects.toThrow(/no train user has any reward/);
  });
});
