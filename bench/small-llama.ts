import type { LlamaConfig } from "../src/neural/checkpoint/llama-config.ts";

/** The shape of a small Llama, for networks of random weights; a bench takes its own sizes. */
export const SMALL_LLAMA: LlamaConfig = {
  vocabSize: 1024,
  hiddenSize: 128,
  intermediateSize: 384,
  layers: 4,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  ropeTheta: 10_000,
  ropeScaling: null,
  rmsNormEps: 1e-5,
  tieEmbeddings: true,
  attentionBias: false,
  maxPositions: 1024,
  bosTokenId: null,
  eosTokenIds: [],
};
