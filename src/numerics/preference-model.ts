import { minimize } from "./lbfgs.ts";
import { LOSSES, type PreferenceLoss, pairwiseAccuracy } from "./preference-loss.ts";

/** Users with answers to one prompt each, and how much they like them. */
export interface PreferenceData {
  /** Numbers that describe a user, and an answer. */
  readonly userSize: number;
  readonly answerSize: number;
  /** users x userSize, row-major. */
  readonly users: Float64Array;
  /** All users' answers one after the other, answers x answerSize, row-major. */
  readonly answers: Float64Array;
  /** users + 1: user u has the answers from starts[u] up to, not including, starts[u + 1]. */
  readonly starts: Uint32Array;
  /** One an answer; NaN where it is not known. */
  readonly rewards: Float64Array;
}

/**
 * A low-rank model of what a user likes: r(u, y) = (A u)' V y + v' y. The columns of V are kinds of liking that all users
 * share, A says from a user's numbers how much of each the user has, and v is what everybody likes.
 */
export interface PreferenceModel {
  readonly rank: number;
  readonly userSize: number;
  readonly answerSize: number;
  /** A, rank x userSize, then V, rank x answerSize, then v; each row-major. */
  readonly parameters: Float64Array;
}

export interface PreferenceOptions {
  readonly rank: number;
  /** Times half the squared length of all parameters; larger than 0. */
  readonly penalty: number;
  readonly loss: PreferenceLoss;
  /** Where to begin; the model of another rank gives its first kinds. */
  readonly start: Float64Array;
  /** Stops when the gradient's norm is no larger than this; default 1e-3. */
  readonly gradientNorm?: number;
  readonly maxIterations?: number;
}

export const parameterCount = (
  { userSize, answerSize }: Pick<PreferenceData, "userSize" | "answerSize">,
  rank: number,
): number => rank * (userSize + answerSize) + answerSize;

/**
 * Minimises the mean loss plus penalty / 2 * |parameters|^2 by L-BFGS. In A and V together the problem is not convex; with
 * the squared penalty on both it is the factored form of a nuclear-norm penalty on A'V (Srebro, Rennie & Jaakkola, 2005),
 * which from a rank on has no minimum but the best ones. Deterministic.
 * @throws RangeError when the start has another size
 */
export function fitPreferences(
  data: PreferenceData,
  { rank, penalty, loss, start, gradientNorm = 1e-3, maxIterations = 200 }: PreferenceOptions,
): PreferenceModel {
  const { userSize, answerSize } = data;
  if (start.length !== parameterCount(data, rank)) {
    throw new RangeError("fitPreferences: the start has another size");
  }
  const objective = preferenceObjective(data, rank, loss);
  const { x } = minimize((at, gradient) => objective(at, gradient, penalty), start, {
    maxIterations,
    gradientNorm,
    inverseDiagonal: new Float64Array(start.length).fill(1),
  });
  return { rank, userSize, answerSize, parameters: x };
}

/** The objective and its gradient, as functions of the parameters in their order. */
export function preferenceObjective(
  data: PreferenceData,
  rank: number,
  loss: PreferenceLoss,
): (parameters: Float64Array, gradient: Float64Array, penalty: number) => number {
  const { userSize: p, answerSize: q, users, answers, starts, rewards } = data;
  const count = starts.length - 1;
  const losses = Array.from({ length: count }, (_, u) =>
    LOSSES[loss](rewards.subarray(starts[u], starts[u + 1])),
  );
  const most = starts.slice(1).reduce((max, end, u) => Math.max(max, end - (starts[u] as number)), 0);
  const [scores, slopes] = [new Float64Array(most), new Float64Array(most)];
  const [direction, pull] = [new Float64Array(q), new Float64Array(q)];
  const [shares, back] = [new Float64Array(rank), new Float64Array(rank)];
  return (parameters, gradient, penalty) => {
    const kinds = rank * p;
    const common = rank * (p + q);
    let squares = 0;
    for (let i = 0; i < parameters.length; i++) {
      gradient[i] = penalty * (parameters[i] as number);
      squares += (parameters[i] as number) ** 2;
    }
    let total = 0;
    for (let u = 0; u < count; u++) {
      directionOf(parameters, users, u * p, { rank, p, q }, shares, direction);
      const [from, to] = [starts[u] as number, starts[u + 1] as number];
      for (let a = from; a < to; a++) scores[a - from] = dot(answers, a * q, direction, 0, q);
      total += (losses[u] as (typeof losses)[number])(scores, slopes) / count;
      pull.fill(0);
      for (let a = from; a < to; a++) {
        addScaled(pull, 0, (slopes[a - from] as number) / count, answers, a * q, q);
      }
      addScaled(gradient, common, 1, pull, 0, q);
      for (let k = 0; k < rank; k++) {
        back[k] = dot(parameters, kinds + k * q, pull, 0, q);
        addScaled(gradient, kinds + k * q, shares[k] as number, pull, 0, q);
        addScaled(gradient, k * p, back[k] as number, users, u * p, p);
      }
    }
    return total + (penalty / 2) * squares;
  };
}

/** What one user likes, as weights of an answer's numbers: V' A u + v. */
export function likingOf(model: PreferenceModel, user: Float64Array): Float64Array {
  const { rank, userSize: p, answerSize: q, parameters } = model;
  const direction = new Float64Array(q);
  directionOf(parameters, user, 0, { rank, p, q }, new Float64Array(rank), direction);
  return direction;
}

/** How well a model orders the pairs of users' answers whose rewards differ, each user's pairs weighing alike in all. */
export interface PairwiseFit {
  /** Mean of -ln sigma(r(better) - r(worse)), in nats: ln 2 for a model that knows nothing. */
  readonly logLoss: number;
  /** Share of pairs in the right order, ties half. */
  readonly accuracy: number;
}

/** @returns NaN in both where no user has two answers with different rewards */
export function pairwiseFit(model: PreferenceModel, data: PreferenceData): PairwiseFit {
  const { userSize: p, answerSize: q, users, answers, starts, rewards } = data;
  let [logLoss, right, counted] = [0, 0, 0];
  for (let u = 0; u + 1 < starts.length; u++) {
    const [from, to] = [starts[u] as number, starts[u + 1] as number];
    const direction = likingOf(model, users.subarray(u * p, (u + 1) * p));
    const scores = Float64Array.from({ length: to - from }, (_, i) =>
      dot(answers, (from + i) * q, direction, 0, q),
    );
    const own = rewards.subarray(from, to);
    const accuracy = pairwiseAccuracy(scores, own);
    if (accuracy === null) continue;
    logLoss += LOSSES["bradley-terry"](own)(scores, new Float64Array(to - from));
    right += accuracy;
    counted++;
  }
  return {
    logLoss: counted ? logLoss / counted : Number.NaN,
    accuracy: counted ? right / counted : Number.NaN,
  };
}

interface Shape {
  readonly rank: number;
  readonly p: number;
  readonly q: number;
}

/** Writes A u into `shares` and V' A u + v into `direction`. */
function directionOf(
  parameters: Float64Array,
  users: Float64Array,
  user: number,
  { rank, p, q }: Shape,
  shares: Float64Array,
  direction: Float64Array,
): void {
  direction.set(parameters.subarray(rank * (p + q)));
  for (let k = 0; k < rank; k++) {
    shares[k] = dot(parameters, k * p, users, user, p);
    addScaled(direction, 0, shares[k] as number, parameters, rank * p + k * q, q);
  }
}

function dot(a: Float64Array, from: number, b: Float64Array, other: number, length: number): number {
  // Two sums in flight, so that an addition need not wait for the last one.
  let [sum, second] = [0, 0];
  let i = 0;
  for (; i + 2 <= length; i += 2) {
    sum += (a[from + i] as number) * (b[other + i] as number);
    second += (a[from + i + 1] as number) * (b[other + i + 1] as number);
  }
  if (i < length) sum += (a[from + i] as number) * (b[other + i] as number);
  return sum + second;
}

function addScaled(
  to: Float64Array,
  at: number,
  factor: number,
  from: Float64Array,
  other: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) to[at + i]! += factor * (from[other + i] as number);
}
