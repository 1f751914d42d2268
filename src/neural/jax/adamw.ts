import type { JsTree } from "@jax-js/jax";
import type { Jax, Tensor } from "./forward.ts";

export interface AdamWOptions {
  readonly weightDecay: number;
  /** Unless given, matrices alone; `all` as PyTorch's AdamW. */
  readonly decay?: "matrices" | "all" | undefined;
  /** Gradients longer than this (global L2 norm) are shortened to it. */
  readonly clipNorm: number;
}

/** PyTorch's defaults. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Running means of the gradient and of its square, and their sums of weights 1 - beta^step, kept as running numbers
 * (c <- beta c + 1 - beta) because the subtraction would lose digits in 32 bits.
 */
export type AdamWState<P> = { first: P; second: P; weight1: Tensor; weight2: Tensor };

/**
 * AdamW (Loshchilov & Hutter 2019, algorithm 2) with clipping by global norm (Pascanu et al. 2013) as a pure init and
 * update pair; both may be called inside `jit`. Matrices decay, vectors (norms, biases) only with `decay: "all"`.
 */
export function adamW<P extends JsTree<Tensor>>(
  jax: Jax,
  { weightDecay, decay: what, clipNorm }: AdamWOptions,
) {
  const { numpy: np, tree } = jax;
  const { map, leaves, flatten, unflatten } = tree;

  const zeros = (params: P): P => map((x: Tensor) => np.zeros(x.shape), params) as P;

  return {
    /** Does not consume `params`. */
    init: (params: P): AdamWState<P> => ({
      first: zeros(params),
      second: zeros(params),
      weight1: np.zeros([]),
      weight2: np.zeros([]),
    }),

    /**
     * One step; consumes all arguments.
     * @param rate learning rate, a scalar array (so that a schedule does not compile anew)
     * @returns new parameters and new state
     */
    update(params: P, gradient: P, state: AdamWState<P>, rate: Tensor): [P, AdamWState<P>] {
      const weight1 = state.weight1.mul(BETA1).add(1 - BETA1);
      const weight2 = state.weight2.mul(BETA2).add(1 - BETA2);
      const squares = (leaves(gradient) as Tensor[]).map((g) => np.square(g.ref).sum());
      const norm = np.sqrt(squares.reduce((sum, x) => sum.add(x)));
      const scale = np.minimum(np.array(clipNorm).div(np.maximum(norm, 1e-12)), 1);
      const [flatParams, shape] = flatten(params) as [Tensor[], ReturnType<typeof flatten>[1]];
      const gradients = leaves(gradient) as Tensor[];
      const firsts = leaves(state.first) as Tensor[];
      const seconds = leaves(state.second) as Tensor[];
      const next = { params: [] as Tensor[], first: [] as Tensor[], second: [] as Tensor[] };
      flatParams.forEach((param, i) => {
        const g = (gradients[i] as Tensor).mul(scale.ref);
        const first = (firsts[i] as Tensor).mul(BETA1).add(g.ref.mul(1 - BETA1));
        const second = (seconds[i] as Tensor).mul(BETA2).add(np.square(g).mul(1 - BETA2));
        const direction = first.ref.div(weight1.ref).div(np.sqrt(second.ref.div(weight2.ref)).add(EPSILON));
        const decay = param.ndim > 1 || what === "all" ? weightDecay : 0;
        const kept = decay === 0 ? param : param.mul(np.array(1).sub(rate.ref.mul(decay)));
        next.params.push(kept.sub(direction.mul(rate.ref)));
        next.first.push(first);
        next.second.push(second);
      });
      for (const x of [scale, rate]) x.dispose();
      const rebuild = (flat: Tensor[]): P => unflatten(shape, flat) as P;
      return [
        rebuild(next.params),
        { first: rebuild(next.first), second: rebuild(next.second), weight1, weight2 },
      ];
    },
  };
}
