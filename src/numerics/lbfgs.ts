export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
}

export interface LbfgsOptions {
  readonly maxIterations: number;
  /** Stops when the Euclidean norm of the gradient is no larger. */
  readonly gradientNorm: number;
  /** Rough inverse of the Hessian's diagonal: a start that knows the scales. */
  readonly inverseDiagonal: Float64Array;
  /** Room for arrays, to be used by one minimisation after the other; made anew by default. */
  readonly room?: LbfgsRoom;
}

/** The arrays of a minimisation. */
export interface LbfgsRoom {
  readonly points: readonly [Float64Array, Float64Array];
  readonly gradients: readonly [Float64Array, Float64Array];
  readonly direction: Float64Array;
  readonly pairs: readonly CurvaturePair[];
  /** Frees the memory at once, before V8 finds out that nobody uses it: the arrays are empty from then on. */
  giveBack(): void;
}

/** Room for so many parameters: one piece of memory, since many large ones that come and go leave holes. */
export function lbfgsRoom(parameters: number): LbfgsRoom {
  const arrays = 5 + 2 * MEMORY;
  const all = new Float64Array(arrays * parameters);
  const array = (i: number): Float64Array => all.subarray(i * parameters, (i + 1) * parameters);
  return {
    points: [array(0), array(1)],
    gradients: [array(2), array(3)],
    direction: array(4),
    pairs: Array.from({ length: MEMORY }, (_, i) => ({
      step: array(5 + 2 * i),
      change: array(6 + 2 * i),
      rho: 0,
    })),
    giveBack: () => void all.buffer.transfer(0),
  };
}

/** Pairs of steps that model the curvature. */
const MEMORY = 8;

/**
 * Minimises a smooth convex function by L-BFGS (Liu & Nocedal, 1989; two-loop recursion: Nocedal & Wright, 2006,
 * algorithm 7.4) with backtracking line search. Deterministic.
 * @param evaluate writes the gradient at `x` into `gradient` and returns the value.
 */
export function minimize(
  evaluate: (x: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  { maxIterations, gradientNorm, inverseDiagonal, room = lbfgsRoom(start.length) }: LbfgsOptions,
): Minimum {
  const { direction } = room;
  let [x, trial] = room.points;
  let [gradient, trialGradient] = room.gradients;
  x.set(start);
  let value = evaluate(x, gradient);
  const blank = [...room.pairs];
  const pairs: CurvaturePair[] = [];
  let iterations = 0;
  while (iterations < maxIterations && Math.sqrt(dot(gradient, gradient)) > gradientNorm) {
    descentDirection(gradient, pairs, inverseDiagonal, direction);
    const slope = dot(gradient, direction);
    let step = 1;
    let trialValue: number;
    do {
      for (let i = 0; i < x.length; i++) trial[i] = (x[i] as number) + step * (direction[i] as number);
      trialValue = evaluate(trial, trialGradient);
      if (trialValue <= value + 1e-4 * step * slope) break; // sufficient decrease (Armijo)
      step /= 2;
    } while (step > 1e-10);
    if (step <= 1e-10) break; // no decrease left within rounding
    iterations++;
    remember(pairs, blank, trial, x, trialGradient, gradient);
    [x, trial] = [trial, x];
    [gradient, trialGradient] = [trialGradient, gradient];
    value = trialValue;
  }
  return { x: x.slice(), value, iterations };
}

interface CurvaturePair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / (step . change) */
  rho: number;
}

/** Keeps the newest pairs, reusing the arrays of the one that falls out. */
function remember(
  pairs: CurvaturePair[],
  blank: CurvaturePair[],
  x: Float64Array,
  oldX: Float64Array,
  gradient: Float64Array,
  oldGradient: Float64Array,
): void {
  const pair = blank.pop() ?? (pairs.shift() as CurvaturePair);
  for (let i = 0; i < x.length; i++) {
    pair.step[i] = (x[i] as number) - (oldX[i] as number);
    pair.change[i] = (gradient[i] as number) - (oldGradient[i] as number);
  }
  const curvature = dot(pair.step, pair.change);
  if (curvature <= 0) {
    blank.push(pair); // only rounding does this on a convex function
    return;
  }
  pair.rho = 1 / curvature;
  pairs.push(pair);
}

/** direction = -H * gradient, H the inverse Hessian that the pairs model. */
function descentDirection(
  gradient: Float64Array,
  pairs: readonly CurvaturePair[],
  inverseDiagonal: Float64Array,
  direction: Float64Array,
): void {
  for (let i = 0; i < direction.length; i++) direction[i] = -(gradient[i] as number);
  const weights: number[] = [];
  for (const { step, change, rho } of pairs.toReversed()) {
    const weight = rho * dot(step, direction);
    weights.push(weight);
    addScaled(direction, -weight, change);
  }
  for (let i = 0; i < direction.length; i++) direction[i]! *= inverseDiagonal[i] as number;
  const newest = pairs.at(-1);
  if (newest) {
    // Matches the diagonal's size to the curvature last seen (Nocedal & Wright, 2006, equation 7.20).
    let scaled = 0;
    for (let i = 0; i < direction.length; i++) {
      scaled += (newest.change[i] as number) ** 2 * (inverseDiagonal[i] as number);
    }
    const size = 1 / (newest.rho * scaled);
    for (let i = 0; i < direction.length; i++) direction[i]! *= size;
  }
  for (const { step, change, rho } of pairs) {
    addScaled(direction, (weights.pop() as number) - rho * dot(change, direction), step);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * (from[i] as number);
}
