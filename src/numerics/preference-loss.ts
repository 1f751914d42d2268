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

/** One user's loss, made ready for the user's rewards; `slopes` receives its derivative by each score. */
type UserLoss = (scores: Float64Array, slopes: Float64Array) => number;

/** A score this far below the best is as far as any: e to it is a number that sums still notice. */
const LOWEST = -200;

export const LOSSES: Record<PreferenceLoss, (rewards: Float64Array) => UserLoss> = {
  "bradley-terry": (rewards) => {
    // Best-liked first: whoever is liked less than the answer at `place` stands from `lower[place]` on.
    const order = [...rewards.keys()]
      .filter((i) => !Number.isNaN(rewards[i]))
      .sort((i, j) => (rewards[j] as number) - (rewards[i] as number));
    const lower = order.map((i, place) => {
      const first = order.findIndex((j, at) => at > place && (rewards[j] as number) < (rewards[i] as number));
      return first < 0 ? order.length : first;
    });
    const pairs = lower.reduce((sum, first) => sum + order.length - first, 0);
    const [powers, pulls] = [new Float64Array(order.length), new Float64Array(order.length)];
    return (scores, slopes) => {
      slopes.fill(0);
      if (pairs === 0) return 0;
      // sigma(a - b) is e^a / (e^a + e^b): an exponential an answer does for all of its pairs, and a logarithm for many.
      let top = Number.NEGATIVE_INFINITY;
      for (const i of order) top = Math.max(top, scores[i] as number);
      for (let place = 0; place < order.length; place++) {
        const below = (scores[order[place] as number] as number) - top;
        powers[place] = Math.exp(Math.max(below, LOWEST));
        pulls[place] = 0;
      }
      let [loss, product] = [0, 1];
      for (let up = 0; up < order.length; up++) {
        const first = lower[up] as number;
        const power = powers[up] as number;
        loss += (top - (scores[order[up] as number] as number)) * (order.length - first);
        let pull = 0;
        for (let down = first; down < order.length; down++) {
          const other = powers[down] as number;
          const sum = power + other;
          product *= sum;
          if (product < 1e-200 || product > 1e200) {
            loss += Math.log(product);
            product = 1;
          }
          const slope = other / sum;
          pull += slope;
          pulls[down]! += slope;
        }
        pulls[up]! -= pull;
      }
      for (let place = 0; place < order.length; place++) {
        slopes[order[place] as number] = (pulls[place] as number) / pairs;
      }
      return (loss + Math.log(product)) / pairs;
    };
  },
  "least-squares": (rewards) => {
    const known = [...rewards.keys()].filter((i) => !Number.isNaN(rewards[i]));
    const meanReward = known.reduce((sum, i) => sum + (rewards[i] as number), 0) / known.length;
    return (scores, slopes) => {
      slopes.fill(0);
      const meanScore = known.reduce((sum, i) => sum + (scores[i] as number), 0) / known.length;
      let loss = 0;
      for (const i of known) {
        const off = (scores[i] as number) - meanScore - ((rewards[i] as number) - meanReward);
        loss += off ** 2 / 2 / known.length;
        slopes[i] = off / known.length;
      }
      return loss;
    };
  },
};
