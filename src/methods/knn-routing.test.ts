import { describe, expect, it } from "vitest";
import { methodContext, numberEmbedder } from "../../test/support/method-context.ts";
import type { TrainUser } from "../core/artifacts.ts";
import { knnRouting, meanRewards } from "./knn-routing.ts";
import type { Method, MethodContext } from "./method.ts";

/** A user at an angle in degrees, who gives these rewards to follow casual, avoid casual, follow gentle, avoid gentle. */
const at = (angle: number, ...rewards: (number | null)[]): TrainUser => ({
  id: `train-${angle}`,
  history: [pointAt(angle)],
  prompt: "x",
  candidates: methodContext().labels.map((label, i) => ({ ...label, text: "a", reward: rewards[i] ?? null })),
});
const pointAt = (angle: number): string =>
  `${Math.cos((angle * Math.PI) / 180)} ${Math.sin((angle * Math.PI) / 180)}`;
const { labels } = methodContext();

async function chosen(
  angle: number,
  train: readonly TrainUser[],
  {
    k,
    validation = [],
    context = methodContext(),
  }: { k?: number; validation?: TrainUser[]; context?: MethodContext },
) {
  const method = knnRouting.create(k === undefined ? {} : { k }) as Method;
  const fitted = await method.fit(train, validation, context);
  const { label } = await fitted.answer({ id: "test-0", history: [pointAt(angle)], prompt: "x" });
  return labels.findIndex((l) => l.principle === label?.principle && l.direction === label.direction);
}

const train = [
  at(0, 9, 1, 5, 5),
  at(10, 8, 2, 5, 6),
  at(80, 1, 9, 5, 5),
  at(90, 2, 8, 5, 5),
  at(180, 1, 1, 9, 1),
];

describe("k-NN routing", () => {
  it("chooses what the nearest train users liked best", async () => {
    expect(await chosen(4, train, { k: 2 })).toBe(0);
    expect(await chosen(86, train, { k: 2 })).toBe(1);
    expect(await chosen(179, train, { k: 1 })).toBe(2);
  });

  it("chooses k by what it brings the validation users", async () => {
    // One neighbour is a freak: alone it misleads, among three it does not.
    const freaks = [
      at(0, 1, 1, 1, 9),
      at(1, 9, 1, 5, 2),
      at(2, 9, 1, 5, 2),
      at(90, 1, 9, 1, 1),
      at(120, 1, 9, 1, 1),
    ];
    expect(await chosen(0, freaks, { k: 1 })).toBe(3);
    expect(await chosen(0, freaks, { validation: [at(0.5, 9, 1, 1, 1)] })).toBe(0);
  });

  it("embeds each user once for all worlds, and no validation user when k is given", async () => {
    const embedder = numberEmbedder();
    const context = methodContext({ embedder });
    for (let world = 0; world < 3; world++) await chosen(4, train, { k: 2, context });
    expect(embedder.batches).toEqual([train.length, 1]);
  });

  it("needs some reward", async () => {
    await expect(chosen(0, [at(0, null, null), at(9)], { k: 1 })).rejects.toThrow(
      /no train user has any reward/,
    );
  });
});

describe("mean rewards of neighbours", () => {
  const rewards = Float64Array.of(8, Number.NaN, 2, 4);
  it("weigh by similarity and leave gaps out", () => {
    const near = [
      { index: 0, similarity: 0.75 },
      { index: 1, similarity: 0.25 },
    ];
    expect([...meanRewards(near, rewards, 2)]).toEqual([0.75 * 8 + 0.25 * 2, 4]);
  });

  it("count all alike where nobody is similar, and know nothing without a reward", () => {
    const far = [
      { index: 0, similarity: 0 },
      { index: 1, similarity: -0.5 },
    ];
    expect([...meanRewards(far, rewards, 2)]).toEqual([5, 4]);
    expect(meanRewards(far.slice(0, 1), rewards, 2)[1]).toBeNaN();
  });
});
