import { roomForProducts } from "./csr-room.ts";
import { lbfgsRoom, minimize } from "./lbfgs.ts";
import { type Csr, multiply, transpose } from "./sparse.ts";
import { type SparseProduct, sparseProduct } from "./sparse-product.ts";

/** Features made ready for training; depends on no target, so that many trainings share one. */
export interface Design {
  readonly x: Csr;
  /** By the matrix and by its transpose. */
  readonly forth: SparseProduct;
  readonly back: SparseProduct;
  /** Mean and variance of each column. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

export interface LogisticModel {
  readonly classes: number;
  /** features x classes, row-major. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /** The objective's penalty that the model was trained with. */
  readonly penalty: number;
  readonly iterations: number;
  /** The minimised objective: mean cross-entropy plus penalty. */
  readonly loss: number;
}

export interface LogisticOptions {
  /** One weight s_i >= 0 a row, not all 0; 1 by default. A row of weight 0 is ignored. */
  readonly sampleWeights?: Float64Array;
  readonly maxIterations?: number;
  /** Stops when the gradient's norm is this fraction of its norm at weights 0; default 0.01. */
  readonly tolerance?: number;
  /** A model of the same shape to start from, instead of zeros. */
  readonly start?: LogisticModel;
}

/** @throws RangeError without rows. */
export function designOf(x: Csr): Design {
  if (x.rows === 0) throw new RangeError("designOf: no rows");
  const means = new Float64Array(x.columns);
  const variances = new Float64Array(x.columns);
  x.indices.forEach((column, p) => {
    const value = x.values[p] as number;
    means[column]! += value / x.rows;
    variances[column]! += value ** 2 / x.rows;
  });
  for (let c = 0; c < x.columns; c++) variances[c]! -= (means[c] as number) ** 2;
  const back = sparseProduct(() => transpose(x, roomForProducts));
  return { x, forth: sparseProduct(() => x), back, means, variances };
}

/**
 * Multinomial logistic regression with soft targets t_i: minimises
 * (sum_i s_i CE(t_i, p_i)) / (sum_i s_i) + penalty / 2 * ||weights||^2, the bias unpenalised, by L-BFGS; so
 * scikit-learn's C is 1 / (penalty * rows). Deterministic.
 * @param targets rows x classes, row-major; each row a distribution (a hard label is 1 at its class)
 * @param penalty larger than 0
 * @throws RangeError when targets, sample weights or start do not fit
 */
export function trainLogistic(
  design: Design,
  targets: Float64Array,
  penalty: number,
  options: LogisticOptions = {},
): LogisticModel {
  const [model] = logisticPath(design, targets, [penalty], options);
  return model as LogisticModel;
}

/**
 * One model a penalty, each started from the one before: cheap when penalties descend. Trains only as far as it is
 * iterated. Errors as trainLogistic.
 */
export function* logisticPath(
  design: Design,
  targets: Float64Array,
  penalties: readonly number[],
  options: LogisticOptions = {},
): Generator<LogisticModel, void, undefined> {
  const { x, means } = design;
  const { sampleWeights, maxIterations = 200, tolerance = 0.01, start } = options;
  const classes = targets.length / x.rows;
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError("logisticPath: the targets do not fit the rows");
  }
  if (sampleWeights && sampleWeights.length !== x.rows) {
    throw new RangeError("logisticPath: the sample weights do not fit the rows");
  }
  const split = x.columns * classes;
  if (start && (start.classes !== classes || start.weights.length !== split)) {
    throw new RangeError("logisticPath: the start has another shape");
  }
  const objective = logisticObjective(design, targets, sampleWeights);
  let parameters: Float64Array = new Float64Array(split + classes);
  const gradient = new Float64Array(parameters.length);
  objective(parameters, gradient, 0);
  const gradientNorm = tolerance * Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
  if (start) {
    parameters.set(start.weights);
    parameters.set(shiftedBias(start.weights, start.bias, means, 1), split);
  }
  const room = lbfgsRoom(parameters.length);
  const diagonal = new Float64Array(parameters.length);
  try {
    for (const penalty of penalties) {
      inverseDiagonal(design, classes, penalty, diagonal);
      const minimum = minimize((at, into) => objective(at, into, penalty), parameters, {
        maxIterations,
        gradientNorm,
        inverseDiagonal: diagonal,
        room,
      });
      parameters = minimum.x;
      const weights = parameters.subarray(0, split);
      const bias = shiftedBias(weights, parameters.subarray(split), means, -1);
      yield { classes, weights, bias, penalty, iterations: minimum.iterations, loss: minimum.value };
    }
  } finally {
    room.giveBack();
  }
}

/** Class probabilities, rows x classes, row-major. */
export function predictProbabilities(
  { weights, bias }: Pick<LogisticModel, "weights" | "bias">,
  x: Csr,
): Float64Array {
  const classes = bias.length;
  const out = new Float64Array(x.rows * classes);
  multiply(x, weights, classes, out);
  for (let row = 0; row < x.rows; row++) {
    const scores = out.subarray(row * classes, (row + 1) * classes);
    const logSum = addAndLogSumExp(scores, bias);
    for (let k = 0; k < classes; k++) scores[k] = Math.exp((scores[k] as number) - logSum);
  }
  return out;
}

/**
 * Weighted mean over rows of -sum_k t_k ln p_k (nats); 0 when every weight is 0.
 * @param probabilities rows x classes, as `targets`
 * @param weights one a row
 */
export function crossEntropy(
  probabilities: Float64Array,
  targets: Float64Array,
  weights: Float64Array,
): number {
  const classes = targets.length / weights.length;
  let [sum, total] = [0, 0];
  weights.forEach((weight, row) => {
    total += weight;
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      const share = weight * (targets[i] as number);
      if (share > 0) sum -= share * Math.log(Math.max(probabilities[i] as number, Number.MIN_VALUE));
    }
  });
  return total > 0 ? sum / total : 0;
}

/**
 * The objective and its gradient. Parameters: the weights, then the bias for *centred* features. Centring changes
 * no prediction and keeps x sparse (only the bias is shifted), but without it the features' common direction and
 * the bias fight each other, and training takes five times as many steps.
 */
export function logisticObjective(
  { x, forth, back, means }: Design,
  targets: Float64Array,
  sampleWeights?: Float64Array,
): (parameters: Float64Array, gradient: Float64Array, penalty: number) => number {
  const { rows, columns } = x;
  const classes = targets.length / rows;
  const total = sampleWeights ? sampleWeights.reduce((sum, s) => sum + s, 0) : rows;
  const residuals = new Float64Array(rows * classes);
  return (parameters, gradient, penalty) => {
    const weights = parameters.subarray(0, columns * classes);
    const bias = shiftedBias(weights, parameters.subarray(columns * classes), means, -1);
    const biasGradient = gradient.subarray(columns * classes).fill(0);
    forth.multiply(weights, classes, residuals);
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      const share = (sampleWeights ? (sampleWeights[row] as number) : 1) / total;
      const scores = residuals.subarray(row * classes, (row + 1) * classes);
      const logSum = addAndLogSumExp(scores, bias);
      for (let k = 0; k < classes; k++) {
        const logProbability = (scores[k] as number) - logSum;
        const target = targets[row * classes + k] as number;
        loss -= share * target * logProbability;
        const residual = share * (Math.exp(logProbability) - target);
        scores[k] = residual;
        biasGradient[k]! += residual;
      }
    }
    back.multiply(residuals, classes, gradient);
    let squares = 0;
    for (let feature = 0, i = 0; feature < columns; feature++) {
      const mean = means[feature] as number;
      for (let k = 0; k < classes; k++, i++) {
        const weight = weights[i] as number;
        gradient[i]! += penalty * weight - mean * (biasGradient[k] as number);
        squares += weight * weight;
      }
    }
    return loss + (penalty / 2) * squares;
  };
}

/** bias + sign * means . weights: -1 leads from the bias of centred features to that of features as they are, 1 back. */
function shiftedBias(
  weights: Float64Array,
  from: Float64Array,
  means: Float64Array,
  sign: 1 | -1,
): Float64Array {
  const bias = Float64Array.from(from);
  for (let feature = 0, i = 0; feature < means.length; feature++) {
    const mean = sign * (means[feature] as number);
    for (let k = 0; k < bias.length; k++, i++) bias[k]! += mean * (weights[i] as number);
  }
  return bias;
}

/** Adds the bias to the scores and returns ln(sum of exp), safe for large scores. */
function addAndLogSumExp(scores: Float64Array, bias: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < scores.length; k++) {
    scores[k]! += bias[k] as number;
    largest = Math.max(largest, scores[k] as number);
  }
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += Math.exp((scores[k] as number) - largest);
  return largest + Math.log(sum);
}

/** Inverse of the Hessian's diagonal where all classes are equally likely. */
function inverseDiagonal({ variances }: Design, classes: number, penalty: number, into: Float64Array): void {
  const spread = Math.max((1 / classes) * (1 - 1 / classes), 1e-3);
  variances.forEach((variance, feature) => {
    into.fill(1 / (penalty + spread * variance), feature * classes, (feature + 1) * classes);
  });
  into.fill(1 / spread, variances.length * classes);
}
