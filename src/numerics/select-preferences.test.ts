import { describe, expect, it } from "vitest";
import { rngOf, rootKey } from "../core/random.ts";
import { PREFERENCE_LOSSES } from "./preference-loss.ts";
import { type PreferenceData, type PreferenceModel, parameterCount } from "./preference-model.ts";
import { ofRank, selectPreferences } from "./select-preferences.ts";

const [userSize, answerSize, perUser] = [6, 8, 10];

/** Users whose liking has two kinds, or none. */
function world(users: number, seed: string, kinds: 0 | 2): PreferenceData {
  const rng = rngOf(rootKey(seed));
  const hidden = rngOf(rootKey("two kinds"));
  const map = Array.from({ length: kinds }, () => ({
    who: Array.from({ length: userSize }, () => hidden.normal()),
    what: Array.from({ length: answerSize }, () => hidden.normal()),
  }));
  const common = Array.from({ length: answerSize }, () => hidden.normal());
  const numbers = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
  const [people, answers] = [numbers(users * userSize), numbers(users * perUser * answerSize)];
  const dot = (weights: readonly number[], values: Float64Array, from: number): number =>
    weights.reduce((sum, w, i) => sum + w * values[from + i]!, 0);
  const rewards = Float64Array.from({ length: users * perUser }, (_, a) => {
    const u = Math.floor(a / perUser);
    const own = map.reduce(
      (sum, { who, what }) => sum + dot(who, people, u * userSize) * dot(what, answers, a * answerSize),
      0,
    );
    return 0.4 * own + 0.5 * dot(common, answers, a * answerSize) + rng.normal();
  });
  return {
    userSize,
    answerSize,
    users: people,
    answers,
    starts: Uint32Array.from({ length: users + 1 }, (_, u) => u * perUser),
    rewards,
  };
}

describe("choosing a preference model", () => {
  it.each(PREFERENCE_LOSSES)(
    "finds that there are several kinds of liking, and orders new users' answers: %s",
    (loss) => {
      const found = selectPreferences(
        world(150, "train", 2),
        world(60, "validation", 2),
        loss,
        rootKey("start"),
      );
      expect(found.model.rank).toBeGreaterThanOrEqual(2);
      expect(found.accuracy).toBeGreaterThan(0.75);
      expect(found.logLoss).toBeLessThan(0.55);
    },
  );

  it("finds hardly any kind where all users like the same", () => {
    const found = selectPreferences(
      world(150, "train", 0),
      world(60, "validation", 0),
      "bradley-terry",
      rootKey("start"),
    );
    expect(found.model.rank).toBeLessThanOrEqual(1);
    expect(found.accuracy).toBeGreaterThan(0.65);
  });

  it("is the same whenever it is done", () => {
    const choose = () =>
      selectPreferences(world(40, "train", 2), world(20, "validation", 2), "bradley-terry", rootKey("start"));
    expect(choose()).toEqual(choose());
  });
});

describe("a model of lower rank", () => {
  const rng = rngOf(rootKey("rank"));
  const shape = { userSize, answerSize };
  const model = {
    rank: 4,
    ...shape,
    parameters: Float64Array.from({ length: parameterCount(shape, 4) }, () => rng.normal()),
  };
  /** A'V, userSize x answerSize. */
  const product = ({ rank, parameters }: Pick<PreferenceModel, "rank" | "parameters">): number[] =>
    Array.from({ length: userSize * answerSize }, (_, cell) => {
      const [i, j] = [Math.floor(cell / answerSize), cell % answerSize];
      let sum = 0;
      for (let k = 0; k < rank; k++) {
        sum += parameters[k * userSize + i]! * parameters[rank * userSize + k * answerSize + j]!;
      }
      return sum;
    });
  const distance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0);

  it("is the same model at its own rank or above, and farther from it the lower the rank", () => {
    const whole = product(model);
    expect(distance(product(ofRank(model, 4)), whole)).toBeLessThan(1e-18);
    expect(ofRank(model, 9).rank).toBe(4);
    const distances = [0, 1, 2, 3].map((rank) => distance(product(ofRank(model, rank)), whole));
    expect(distances).toEqual(distances.toSorted((a, b) => b - a));
    expect(ofRank(model, 0).parameters).toEqual(model.parameters.slice(-answerSize));
  });
});
