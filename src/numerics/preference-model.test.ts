import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "../../test/reference/preferences.json" with { type: "json" };
import { rngOf, rootKey } from "../core/random.ts";
import { PREFERENCE_LOSSES, type PreferenceLoss, pairwiseAccuracy } from "./preference-loss.ts";
import {
  fitPreferences,
  likingOf,
  type PreferenceData,
  type PreferenceModel,
  pairwiseFit,
  parameterCount,
  preferenceObjective,
} from "./preference-model.ts";

const { userSize, answerSize, perUser } = reference;
const data: PreferenceData = {
  userSize,
  answerSize,
  users: Float64Array.from(reference.users.flat()),
  answers: Float64Array.from(reference.answers.flat()),
  starts: Uint32Array.from({ length: reference.users.length + 1 }, (_, u) => u * perUser),
  rewards: Float64Array.from(reference.rewards.flat(), (r) => r ?? Number.NaN),
};

const scoresOf = (model: PreferenceModel, { users, answers, starts }: PreferenceData): number[] =>
  [...starts.slice(0, -1)].flatMap((from, u) => {
    const liking = likingOf(model, users.subarray(u * userSize, (u + 1) * userSize));
    return Array.from({ length: starts[u + 1]! - from }, (_, i) =>
      liking.reduce((sum, weight, k) => sum + weight * answers[(from + i) * answerSize + k]!, 0),
    );
  });

describe("the preference model", () => {
  const fits = reference.fits.map((fit) => ({ ...fit, loss: fit.loss as PreferenceLoss }));
  it.each(fits)("of rank $rank with $loss has SciPy's minimum and scores", (expected) => {
    const { rank, loss, penalty } = expected;
    const start = Float64Array.from(expected.start);
    const objective = preferenceObjective(data, rank, loss);
    const unused = new Float64Array(start.length);
    expect(objective(start, unused, penalty)).toBeCloseTo(expected.atStart, 12);
    const model = fitPreferences(data, {
      rank,
      penalty,
      loss,
      start,
      gradientNorm: 1e-7,
      maxIterations: 2_000,
    });
    expect(objective(model.parameters, unused, penalty)).toBeCloseTo(expected.value, 9);
    const scores = scoresOf(model, data);
    for (const [i, score] of expected.scores.entries()) expect(scores[i]).toBeCloseTo(score, 3);
    expect(pairwiseFit(model, data).accuracy).toBeCloseTo(expected.accuracy, 9);
  });

  it.each(PREFERENCE_LOSSES)("has the gradient of finite differences: %s", (loss) => {
    const objective = preferenceObjective(data, 3, loss);
    const rng = rngOf(rootKey("gradient"));
    const at = Float64Array.from({ length: parameterCount(data, 3) }, () => rng.normal());
    const gradient = new Float64Array(at.length);
    objective(at, gradient, 0.3);
    const value = (i: number, shift: number) =>
      objective(at.with(i, at[i]! + shift), new Float64Array(at.length), 0.3);
    for (const [i, slope] of gradient.entries()) {
      expect((value(i, 1e-5) - value(i, -1e-5)) / 2e-5).toBeCloseTo(slope, 6);
    }
  });

  it("does not care what all answers to a prompt have in common", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...PREFERENCE_LOSSES), (seed, loss) => {
        const rng = rngOf(rootKey(`shift ${seed}`));
        const at = Float64Array.from({ length: parameterCount(data, 2) }, () => rng.normal());
        const common = Float64Array.from({ length: answerSize }, () => 3 * rng.normal());
        const answers = data.answers.map((v, i) => v + common[i % answerSize]!);
        const of = (shifted: PreferenceData) =>
          preferenceObjective(shifted, 2, loss)(at, new Float64Array(at.length), 0.1);
        expect(of({ ...data, answers })).toBeCloseTo(of(data), 8);
      }),
    );
  });

  it("stays finite however far scores lie apart", () => {
    const far = Float64Array.from({ length: parameterCount(data, 1) }, () => 40);
    const gradient = new Float64Array(far.length);
    expect(preferenceObjective(data, 1, "bradley-terry")(far, gradient, 0)).toBeGreaterThan(10);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it("refuses a start of another size", () => {
    const options = { rank: 2, penalty: 1, loss: "bradley-terry", start: new Float64Array(3) } as const;
    expect(() => fitPreferences(data, options)).toThrow(RangeError);
  });
});

describe("pairwise accuracy", () => {
  it("counts pairs with different rewards, ties of predictions half, and leaves out what is not known", () => {
    expect(pairwiseAccuracy([3, 2, 1], [9, 5, 1])).toBe(1);
    expect(pairwiseAccuracy([1, 2, 3], [9, 5, 1])).toBe(0);
    expect(pairwiseAccuracy([2, 2, 1], [9, 5, 1])).toBeCloseTo(2.5 / 3, 12);
    expect(pairwiseAccuracy([3, 2, 1], [5, 5, 1])).toBe(1);
    expect(pairwiseAccuracy([3, Number.NaN, 1], [9, 5, Number.NaN])).toBeNull();
    expect(pairwiseAccuracy([1], [1])).toBeNull();
  });
});
