import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { type Key, rngOf } from "../core/random.ts";
import type { PreferenceLoss } from "./preference-loss.ts";
import {
  fitPreferences,
  type PairwiseFit,
  type PreferenceData,
  type PreferenceModel,
  pairwiseFit,
  parameterCount,
} from "./preference-model.ts";

export interface PreferenceChoice extends PairwiseFit {
  readonly model: PreferenceModel;
  readonly penalty: number;
}

/** From nearly free to nearly blind: a weaker penalty's model is a good start for the next, a blind one is none. */
const PENALTIES: readonly number[] = [5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2];
/** A path ends after so many penalties in a row that were no better: a rough model may stumble once. */
const WORSE = 2;
/** Kinds of liking; with none, all users are taken to like the same. */
const RANKS: readonly number[] = [0, 1, 2, 4, 8];
const LARGEST = RANKS.at(-1) as number;
/** Enough to tell penalties apart; the chosen model is then trained to the end. */
const ROUGH = { gradientNorm: 2e-3, maxIterations: 60 };
const FINE = { gradientNorm: 5e-4, maxIterations: 60 };
/** Standard deviation of the parameters at the start: at 0 the factors would not know where to go. */
const START = 0.05;

/**
 * Trains along ascending penalties until the validation users' pairwise log loss has turned, takes the best, then the rank
 * whose best approximation of A'V (its first singular vectors: Eckart & Young, 1936) has the lowest log loss, ties to the
 * lower rank; and trains that to the end.
 * @param key of the random start
 */
export function selectPreferences(
  train: PreferenceData,
  validation: PreferenceData,
  loss: PreferenceLoss,
  key: Key,
): PreferenceChoice {
  const rng = rngOf(key);
  let start = Float64Array.from({ length: parameterCount(train, LARGEST) }, () => START * rng.normal());
  let best: { model: PreferenceModel; penalty: number; logLoss: number } | undefined;
  let worse = 0;
  for (const penalty of PENALTIES) {
    const model = fitPreferences(train, { rank: LARGEST, penalty, loss, start, ...ROUGH });
    const { logLoss } = pairwiseFit(model, validation);
    start = model.parameters.slice();
    worse = best === undefined || logLoss < best.logLoss ? 0 : worse + 1;
    if (worse === 0) best = { model, penalty, logLoss };
    if (worse === WORSE) break;
  }
  const { model, penalty } = best as NonNullable<typeof best>;
  const reduced = RANKS.map((rank) => ofRank(model, rank));
  const losses = reduced.map((candidate) => pairwiseFit(candidate, validation).logLoss);
  const { rank, parameters } = reduced[losses.indexOf(Math.min(...losses))] ?? model;
  const trained = fitPreferences(train, { rank, penalty, loss, start: parameters, ...FINE });
  return { model: trained, penalty, ...pairwiseFit(trained, validation) };
}

/** The model of a rank no higher whose A'V is nearest in squared differences, A and V sharing its size evenly. */
export function ofRank(model: PreferenceModel, rank: number): PreferenceModel {
  const { rank: full, userSize: p, answerSize: q, parameters } = model;
  const kinds = Math.min(rank, full, p, q);
  const common = parameters.subarray(full * (p + q));
  const reduced = new Float64Array(parameterCount(model, kinds));
  reduced.set(common, kinds * (p + q));
  if (kinds > 0) {
    const users = Matrix.from1DArray(full, p, parameters.subarray(0, full * p));
    const answers = Matrix.from1DArray(full, q, parameters.subarray(full * p, full * (p + q)));
    const { leftSingularVectors, rightSingularVectors, diagonal } = new SingularValueDecomposition(
      users.transpose().mmul(answers),
      { autoTranspose: true },
    );
    for (let k = 0; k < kinds; k++) {
      const root = Math.sqrt(diagonal[k] as number);
      for (let i = 0; i < p; i++) reduced[k * p + i] = root * leftSingularVectors.get(i, k);
      for (let i = 0; i < q; i++) reduced[kinds * p + k * q + i] = root * rightSingularVectors.get(i, k);
    }
  }
  return { rank: kinds, userSize: p, answerSize: q, parameters: reduced };
}
