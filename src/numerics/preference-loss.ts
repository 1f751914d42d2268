/**
 * `bradley-terry`: the mean of -ln sigma(r(better) - r(worse)) over all pairs of a user's answers whose rewards differ
 * (Bradley & Terry, 1952). `least-squares`: half the mean squared difference of centred predictions and centred rewards.
 * Both as the mean over users, so that users count alike.
 */
export const PREFERENCE_LOSSES = ["bradley-terry", "least-squares"] as const;
export type PreferenceLoss = (typeof PREFERENCE_LOSSES)[number];

/**
 * Share of the pairs with different rewards that predictions order rightly (a tie of predictions counts half).
 * NaN on either side: not known, left out.
 * @returns `null` where there is no such pair
 */
export function pairwiseAccuracy(predicted: ArrayLike<number>, rewards: ArrayLike<number>): number | null {
  let [right, pairs] = [0, 0];
  for (let i = 0; i < rewards.length; i++) {
    for (let j = 0; j < i; j++) {
      const better = (rewards[i] as number) - (rewards[j] as number);
      const said = (predicted[i] as number) - (predicted[j] as number);
      if (better === 0 || Number.isNaN(better) || Number.isNaN(said)) continue;
      pairs++;
      right += said === 0 ? 0.5 : said > 0 === better > 0 ? 1 : 0;
    }
  }
  return pairs === 0 ? null : right / pairs;
}

type Loss = (scores: Float64Array, rewards: Float64Array, slopes: Float64Array) => number;

/** A score this far below the best is as far as any: e to it is a number that sums still notice. */
const LOWEST = -200;

/** One user's loss; `slopes` receives its derivative by each score. */
export const LOSSES: Record<PreferenceLoss, Loss> = {
  "bradley-terry": (scores, rewards, slopes) => {
    const count = rewards.length;
    slopes.fill(0);
    // sigma(a - b) is e^a / (e^a + e^b): an exponential an answer does for all of its pairs, and a logarithm for many.
    const top = scores.subarray(0, count).reduce((max, s) => Math.max(max, s), Number.NEGATIVE_INFINITY);
    const powers = Float64Array.from({ length: count }, (_, i) =>
      Math.exp(Math.max((scores[i] as number) - top, LOWEST)),
    );
    let [loss, pairs, product] = [0, 0, 1];
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const better = (rewards[i] as number) - (rewards[j] as number);
        if (better === 0 || Number.isNaN(better)) continue;
        pairs++;
        const [up, down] = better > 0 ? [i, j] : [j, i];
        const sum = (powers[up] as number) + (powers[down] as number);
        loss += top - (scores[up] as number);
        product *= sum;
        if (product < 1e-200 || product > 1e200) {
          loss += Math.log(product);
          product = 1;
        }
        const slope = (powers[down] as number) / sum;
        slopes[up]! -= slope;
        slopes[down]! += slope;
      }
    }
    if (pairs === 0) return 0;
    for (let i = 0; i < count; i++) slopes[i]! /= pairs;
    return (loss + Math.log(product)) / pairs;
  },
  "least-squares": (scores, rewards, slopes) => {
    let [known, meanScore, meanReward] = [0, 0, 0];
    for (let i = 0; i < rewards.length; i++) {
      if (Number.isNaN(rewards[i])) continue;
      known++;
      meanScore += scores[i] as number;
      meanReward += rewards[i] as number;
    }
    slopes.fill(0);
    if (known === 0) return 0;
    let loss = 0;
    for (let i = 0; i < rewards.length; i++) {
      if (Number.isNaN(rewards[i])) continue;
      const off = (scores[i] as number) - meanScore / known - ((rewards[i] as number) - meanReward / known);
      loss += off ** 2 / 2 / known;
      slopes[i] = off / known;
    }
    return loss;
  },
};
