import type { LlamaConfig } from "../../src/neural/checkpoint/llama-config.ts";
import { expectedTensors } from "../../src/neural/checkpoint/weights.ts";
import { type Lora, llama, PROJECTIONS, type Projection, type Tensor } from "../../src/neural/jax/forward.ts";
import reference from "../../src/neural/jax/neural-dpo.reference.json" with { type: "json" };
import { paramsFromWeights } from "../../src/neural/jax/params.ts";
import type { AdapterParams, PreferenceBatch, PreferenceLoss } from "../../src/neural/jax/preference.ts";
import { loadJax } from "../../src/neural/jax/threads.ts";

/*
 * The network, the adapter and the batch of test/reference/neural-dpo.py, whose constants and `wave` these are.
 */
export const config: LlamaConfig = {
  vocabSize: 24,
  hiddenSize: 16,
  intermediateSize: 24,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 4,
  ropeTheta: 10_000,
  ropeScaling: { factor: 4, lowFreqFactor: 1, highFreqFactor: 4, originalMaxPositions: 16 },
  rmsNormEps: 1e-5,
  tieEmbeddings: false,
  attentionBias: true,
  maxPositions: 64,
  bosTokenId: 0,
  eosTokenIds: [0],
};
const [EMBEDDED, RANK, LENGTH] = [6, 2, 9];
export const [SOFT, SCALING, PAIRS] = [2, 4 / 2, 2];
export const SPANS = [
  [3, 9],
  [4, 8],
  [3, 6],
  [4, 9],
] as const;
export const LOSSES = {
  dpo: { kind: "dpo", beta: 0.1 },
  simpo: { kind: "simpo", beta: 2, gamma: 1 },
} as const satisfies Record<string, PreferenceLoss>;

export const jax = await loadJax(0);
const { numpy: np } = jax;
export const net = llama(jax, config);

function wave(name: string, size: number, scale: number, centre = 0): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: size },
    (_, i) => centre + scale * Math.sin(1 + (0.7 * (i + 1) * (1 + name.length)) / 3),
  );
}

/** The checkpoint's tensors under their Hugging Face names, from the script's short ones. */
export function baseWeights() {
  const parts: Record<string, (layer: number) => Float32Array<ArrayBuffer>> = {};
  for (const [p, path] of Object.entries({
    q: "self_attn.q_proj",
    k: "self_attn.k_proj",
    v: "self_attn.v_proj",
    o: "self_attn.o_proj",
    gate: "mlp.gate_proj",
    up: "mlp.up_proj",
    down: "mlp.down_proj",
  })) {
    parts[`${path}.weight`] = (i) => wave("w".repeat(i + 3) + p, 16 * 24, 0.35);
    parts[`${path}.bias`] = (i) => wave("b".repeat(i + 2) + p, 16, 0.1);
  }
  parts["input_layernorm.weight"] = (i) => wave("an".repeat(i + 1), 16, 0.2, 1);
  parts["post_attention_layernorm.weight"] = (i) => wave("mlp".repeat(i + 1), 16, 0.2, 1);
  const whole: Record<string, Float32Array<ArrayBuffer>> = {
    "model.embed_tokens.weight": wave("embed", 24 * 16, 0.5),
    "model.norm.weight": wave("norm", 16, 0.2, 1),
    "lm_head.weight": wave("head", 24 * 16, 0.4),
  };
  return new Map(
    [...expectedTensors(config)].map(([name, shape]) => {
      const [, layer, part] = /^model\.layers\.(\d+)\.(.*)$/.exec(name) ?? [];
      const data = part === undefined ? whole[name] : parts[part]?.(Number(layer));
      return [
        name,
        {
          shape,
          data: (data as Float32Array).slice(
            0,
            shape.reduce((a, b) => a * b, 1),
          ),
        },
      ];
    }),
  );
}

const SHAPES: Readonly<Record<Projection, readonly [out: number, input: number]>> = {
  q: [16, 16],
  k: [8, 16],
  v: [8, 16],
  o: [16, 16],
  gate: [24, 16],
  up: [24, 16],
  down: [16, 24],
};

export function adapter(kind: "linear" | "mlp"): AdapterParams {
  const array = (name: string, shape: number[], scale: number): Tensor =>
    np.array(
      wave(
        name,
        shape.reduce((a, b) => a * b, 1),
        scale,
      ),
      { shape },
    );
  const first = kind === "mlp" ? 16 : SOFT * 16;
  const lora: Lora = Array.from({ length: config.layers }, (_, i) =>
    Object.fromEntries(
      PROJECTIONS.map((p) => [
        p,
        {
          a: array("a".repeat(i + 4) + p, [RANK, SHAPES[p][1]], 0.4),
          b: array("bb".repeat(i + 3) + p, [SHAPES[p][0], RANK], 0.4),
        },
      ]),
    ),
  );
  return {
    projector: {
      first: {
        weight: array(`pf${kind}`, [first, EMBEDDED], 0.3),
        bias: array(`pfb${kind}`, [first], 0.2),
      },
      ...(kind === "linear"
        ? {}
        : {
            second: {
              weight: array(`ps${kind}`, [SOFT * 16, 16], 0.3),
              bias: array(`psb${kind}`, [SOFT * 16], 0.2),
            },
          }),
    },
    lora,
  };
}

const N = 2 * PAIRS;
const idOf = (n: number, t: number): number => (3 * n + 5 * t + t * t) % config.vocabSize;
export const ids = (): Tensor =>
  np.array(
    Int32Array.from({ length: N * LENGTH }, (_, i) => idOf(Math.floor(i / LENGTH), i % LENGTH)),
    { shape: [N, LENGTH] },
  );
/** Longest answer, and one place of padding. */
const WIDTH = 1 + Math.max(...SPANS.map(([begin, end]) => end - begin));
/** The answers of sequences with `soft` vectors before the tokens. */
export function spansOf(soft: number): { starts: Tensor; targets: Tensor; mask: Tensor } {
  const targets = new Int32Array(N * WIDTH);
  const mask = new Float32Array(N * WIDTH);
  for (const [n, [begin, end]] of SPANS.entries()) {
    for (let t = begin; t < end; t++) {
      targets[n * WIDTH + t - begin] = idOf(n, t);
      mask[n * WIDTH + t - begin] = 1;
    }
  }
  return {
    starts: np.array(Int32Array.from(SPANS, ([begin]) => soft + begin - 1)),
    targets: np.array(targets, { shape: [N, WIDTH] }),
    mask: np.array(mask, { shape: [N, WIDTH] }),
  };
}
export const embedded = (): Tensor =>
  np.array(wave("histories", PAIRS * EMBEDDED, 1), { shape: [PAIRS, EMBEDDED] });

export const base = paramsFromWeights(jax, baseWeights(), config);
export const batch = (): PreferenceBatch => ({
  embedded: embedded(),
  ids: ids(),
  ...spansOf(SOFT),
  reference: np.array(reference.referenceLogProbs),
  weights: np.ones([PAIRS]),
});
