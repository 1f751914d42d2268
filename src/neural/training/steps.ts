import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { type AdamWState, adamW } from "../jax/adamw.ts";
import { loraDropout } from "../jax/dropout.ts";
import { type Jax, type LlamaParams, llama, type Tensor } from "../jax/forward.ts";
import {
  type AdapterParams,
  answerLogProbs,
  type PreferenceBatch,
  type PreferenceLoss,
  preferenceSums,
} from "../jax/preference.ts";
import type { AdapterSpec } from "./adapter.ts";
import type { PaddedBatch } from "./pairs.ts";

/** What training changes. */
export type Learner = { adapter: AdapterParams; moments: AdamWState<AdapterParams> };

/** Sums over the pairs of a batch. */
export interface Sums {
  readonly loss: number;
  /** Pairs whose better answer is preferred. */
  readonly correct: number;
}

/** The computations of a training, each compiled once for every shape. */
export interface TrainingSteps {
  start(adapter: AdapterParams): Learner;
  /** Summed log-probabilities [2B] of a batch's answers under the bare base: no adapter, no soft prompt. */
  reference(batch: PaddedBatch): Promise<Float32Array>;
  /** Loss without dropout. Leaves the learner as it is. */
  measure(learner: Learner, batch: PaddedBatch, reference: Float32Array<ArrayBuffer>): Promise<Sums>;
  /**
   * The gradients of the parts of one batch are summed and applied at once. Consumes the learner.
   * @param rate learning rate
   */
  learn(learner: Learner, parts: readonly Part[], rate: number): Promise<{ learner: Learner; sums: Sums }>;
}

export interface Part {
  readonly batch: PaddedBatch;
  /** Of the batch's answers, as `TrainingSteps.reference` gives them. */
  readonly reference: Float32Array<ArrayBuffer>;
  /** As `dropoutSeeds` makes them. */
  readonly seeds: Uint32Array<ArrayBuffer>;
}

export interface StepOptions {
  readonly loss: PreferenceLoss;
  /** Of the adapters' inputs, in [0, 1). */
  readonly dropout: number;
  readonly weightDecay: number;
  /** What decays: unless given, matrices alone. */
  readonly decay?: "matrices" | "all";
  readonly clipNorm: number;
}

export function trainingSteps(
  jax: Jax,
  config: LlamaConfig,
  base: LlamaParams,
  { softTokens, embeddingSize, alpha, rank }: AdapterSpec,
  { loss, dropout, weightDecay, decay, clipNorm }: StepOptions,
): TrainingSteps {
  const { numpy: np, tree } = jax;
  const net = llama(jax, config);
  const optimiser = adamW<AdapterParams>(jax, { weightDecay, decay, clipNorm });
  const scaling = alpha / rank;

  const gradient = jax.jit(
    (
      total: AdapterParams,
      adapter: AdapterParams,
      params: LlamaParams,
      data: PreferenceBatch,
      seeds: Tensor,
    ) => {
      const sumsOf = (a: AdapterParams, p: LlamaParams, d: PreferenceBatch): [Tensor, Tensor] => {
        const use = dropout > 0 ? { scaling, drop: loraDropout(jax, dropout, seeds) } : { scaling };
        const sums = preferenceSums(jax, net, loss, a, p, d, use);
        return [sums.loss, sums.correct];
      };
      const [[value, correct], change] = jax.valueAndGrad(sumsOf, { hasAux: true })(
        adapter,
        params,
        data,
      ) as [[Tensor, Tensor], AdapterParams];
      seeds.dispose();
      return [
        tree.map((a: Tensor, b: Tensor) => a.add(b), total, change) as AdapterParams,
        value,
        correct,
      ] as [AdapterParams, Tensor, Tensor];
    },
  );

  const update = jax.jit(
    (
      adapter: AdapterParams,
      moments: AdamWState<AdapterParams>,
      total: AdapterParams,
      share: Tensor,
      rate: Tensor,
    ) => {
      const mean = tree.map((g: Tensor) => g.mul(share.ref), total) as AdapterParams;
      share.dispose();
      const [next, nextMoments] = optimiser.update(adapter, mean, moments, rate);
      return [next, nextMoments] as [AdapterParams, AdamWState<AdapterParams>];
    },
  );

  const measure = jax.jit((adapter: AdapterParams, params: LlamaParams, data: PreferenceBatch) => {
    const sums = preferenceSums(jax, net, loss, adapter, params, data, { scaling });
    return [sums.loss, sums.correct] as [Tensor, Tensor];
  });

  const reference = jax.jit(
    (params: LlamaParams, ids: Tensor, starts: Tensor, targets: Tensor, mask: Tensor) => {
      const rows = net.embed(params.embed.ref, ids);
      const span = { starts, width: targets.shape[1] as number };
      return answerLogProbs(jax, net.forward(params, rows, undefined, span), targets, mask);
    },
  );

  const arraysOf = (batch: PaddedBatch, referenceSums: Float32Array<ArrayBuffer>): PreferenceBatch => {
    const { size, shape } = batch;
    const { length, answer } = shape;
    return {
      embedded: np.array(batch.embedded, { shape: [size, embeddingSize] }),
      ids: np.array(batch.ids, { shape: [2 * size, length - softTokens] }),
      starts: np.array(batch.starts),
      targets: np.array(batch.targets, { shape: [2 * size, answer] }),
      mask: np.array(batch.mask, { shape: [2 * size, answer] }),
      reference: np.array(referenceSums),
      weights: np.array(batch.weights),
    };
  };
  const numberOf = async (scalar: Tensor): Promise<number> => (await scalar.data())[0] as number;

  return {
    start: (adapter) => ({ moments: optimiser.init(adapter), adapter }),

    async reference({ size, shape: { length, answer }, ids, starts, targets, mask }) {
      // Without soft prompts the same tokens stand `softTokens` further to the left; the shape stays, and with it speed.
      const wide = new Int32Array(2 * size * length);
      const tokens = length - softTokens;
      for (let n = 0; n < 2 * size; n++) wide.set(ids.subarray(n * tokens, (n + 1) * tokens), n * length);
      const sums = reference(
        tree.ref(base),
        np.array(wide, { shape: [2 * size, length] }),
        np.array(starts.map((start) => start - softTokens)),
        np.array(targets, { shape: [2 * size, answer] }),
        np.array(mask, { shape: [2 * size, answer] }),
      );
      return (await sums.data()) as Float32Array;
    },

    async measure({ adapter }, batch, referenceSums) {
      const [value, correct] = measure(tree.ref(adapter), tree.ref(base), arraysOf(batch, referenceSums));
      return { loss: await numberOf(value), correct: await numberOf(correct) };
    },

    async learn({ adapter, moments }, parts, rate) {
      let total = tree.map((x: Tensor) => np.zeros(x.shape), adapter) as AdapterParams;
      const sums = { loss: 0, correct: 0 };
      let pairs = 0;
      for (const { batch, reference: referenceSums, seeds } of parts) {
        const [next, value, correct] = gradient(
          total,
          tree.ref(adapter),
          tree.ref(base),
          arraysOf(batch, referenceSums),
          np.array(seeds),
        );
        total = next;
        sums.loss += await numberOf(value);
        sums.correct += await numberOf(correct);
        pairs += batch.rows.length;
      }
      const [next, nextMoments] = update(adapter, moments, total, np.array(1 / pairs), np.array(rate));
      return { learner: { adapter: next, moments: nextMoments }, sums };
    },
  };
}
