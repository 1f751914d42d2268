import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { BLOCK_SIZE } from "./byte-code.ts";
import type { KvCache } from "./cache.ts";
import { createKernel } from "./kernel.ts";
import type { PlacedModel } from "./placed.ts";
import { rotaryTables, rotate } from "./rotary.ts";
import { type Matrix, type WeightMatrix, workspace } from "./workspace.ts";

/** Rows that go through the layers together at most: positions of a prompt, or one position each of several sequences. */
export const BLOCK = 64;
/** A large vocabulary's logits of a whole block would take more room than the network. */
export const LOGIT_ROWS = 16;
/** Longest sequence that is decoded, however long the checkpoint's own context is. */
export const LONGEST = 8192;

/** Consecutive new positions of one sequence; the first follows what the cache holds. */
export interface Segment {
  readonly cache: KvCache;
  /** What the rows are, for the cache: token ids, or `FOREIGN`. */
  readonly tokens: readonly number[];
}

/** A Llama network on one thread. */
export interface Network {
  readonly config: LlamaConfig;
  /** Positions of a sequence at most. */
  readonly longest: number;
  /** Input rows [BLOCK, hiddenSize], to be filled before `run`. */
  readonly rows: Matrix;
  /** A token's row of the embedding matrix. */
  embedding(id: number): Float32Array;
  /**
   * Takes the first rows, those of the segments one after another, through all layers and extends the caches. A row's
   * result depends on its own sequence only.
   */
  run(segments: readonly Segment[]): void;
  /** Last hidden state of a row of the last run, after the final norm. Valid until the next call. */
  hidden(row: number): Float32Array;
  /** Logits over the vocabulary after rows of the last run, `LOGIT_ROWS` at most. Valid until the next call. */
  logits(first: number, count: number): Matrix;
}

/**
 * The arithmetic of Hugging Face's LlamaForCausalLM in 32-bit floats (Touvron et al. 2023): RMSNorm, rotary positions,
 * grouped-query attention, SwiGLU.
 */
export function createNetwork(model: PlacedModel): Network {
  const { config, memory } = model;
  const { hiddenSize, heads, kvHeads, headDim, layers, rmsNormEps } = config;
  const longest = Math.min(config.maxPositions, LONGEST);
  const kernel = createKernel(memory);
  const multiply = kernel.matmul;
  const tables = rotaryTables(config, longest);
  const { weight, bias, shorts, work } = workspace(model, { block: BLOCK, logitRows: LOGIT_ROWS, longest });
  const vector = (name: string): Float32Array => {
    const found = bias(name);
    if (found === undefined) throw new RangeError(`the weights lack "${name}"`);
    return found;
  };
  const embeddings = weight("model.embed_tokens.weight", config.vocabSize);
  const embeddingOf = rowReader(embeddings, memory);
  const head = config.tieEmbeddings ? embeddings : weight("lm_head.weight", config.vocabSize);
  const lastNorm = vector("model.norm.weight");
  const blocks = Array.from({ length: layers }, (_, i) => {
    const at = `model.layers.${i}.`;
    const projection = (name: string, rows: number) => ({
      weight: weight(`${at}${name}.weight`, rows),
      bias: bias(`${at}${name}.bias`),
    });
    return {
      attentionNorm: vector(`${at}input_layernorm.weight`),
      q: projection("self_attn.q_proj", heads * headDim),
      k: projection("self_attn.k_proj", kvHeads * headDim),
      v: projection("self_attn.v_proj", kvHeads * headDim),
      o: projection("self_attn.o_proj", hiddenSize),
      mlpNorm: vector(`${at}post_attention_layernorm.weight`),
      gate: projection("mlp.gate_proj", config.intermediateSize),
      up: projection("mlp.up_proj", config.intermediateSize),
      down: projection("mlp.down_proj", hiddenSize),
    };
  });
  type Projection = (typeof blocks)[number]["q"];

  /** out = x w^T for so many rows of x from the address on, which stand side by side. */
  const product = (from: number, w: WeightMatrix, out: Matrix, rows: number, areShort = false): void => {
    if (w.scales === undefined || shorts === undefined) {
      multiply(from, w.columns * 4, w.address, w.stride, out.address, out.stride, rows, w.rows, w.columns);
      return;
    }
    const blocks = w.columns / BLOCK_SIZE;
    const { address, scales } = shorts;
    if (!areShort) kernel.shorten(from, address, scales, rows * blocks);
    const [xStride, scaleStride] = [w.columns * 2, blocks * 4];
    kernel.matmulBytes(
      ...([address, scales, xStride] as const),
      ...([w.address, w.scales, w.stride, scaleStride] as const),
      ...([out.address, out.stride, rows, w.rows, blocks] as const),
    );
  };

  /** Of the same x for each of several: out = x weight^T + bias */
  const project = (x: Matrix, rows: number, ...into: readonly (readonly [Projection, Matrix])[]): void => {
    // Rows are made short once for all of them.
    let areShort = false;
    for (const [{ weight: w, bias: b }, out] of into) {
      product(x.address, w, out, rows, areShort);
      areShort ||= w.scales !== undefined;
      if (b === undefined) continue;
      for (let r = 0; r < rows; r++) {
        const row = out.row(r);
        for (let i = 0; i < b.length; i++) row[i]! += b[i]!;
      }
    }
  };

  /** Attention of the rows from `first` on, over their own sequence, into `work.mixed`. */
  const attend = (layer: number, first: number, { cache, tokens }: Segment): void => {
    const { keys, values, capacity } = cache;
    const before = cache.tokens.length;
    const count = tokens.length;
    for (let r = 0; r < count; r++) {
      const position = before + r;
      rotate(work.q.row(first + r), headDim, position, tables);
      const k = work.k.row(first + r);
      rotate(k, headDim, position, tables);
      const v = work.v.row(first + r);
      for (let h = 0; h < kvHeads; h++) {
        const block = (layer * kvHeads + h) * capacity * headDim;
        for (let i = 0; i < headDim; i++) {
          keys[block + position * headDim + i] = k[h * headDim + i]!;
          values[block + i * capacity + position] = v[h * headDim + i]!;
        }
      }
    }
    const length = before + count;
    const padded = (length + 3) & ~3;
    const { q, mixed, scores } = work;
    for (let h = 0; h < heads; h++) {
      const shared = Math.floor(h / (heads / kvHeads));
      const block = (layer * kvHeads + shared) * capacity * headDim * 4;
      const x = q.address + first * q.stride + h * headDim * 4;
      const keysAt = keys.byteOffset + block;
      multiply(x, q.stride, keysAt, headDim * 4, scores.address, padded * 4, count, length, headDim);
      for (let r = 0; r < count; r++) {
        // A position sees itself and what was before it.
        scores.data.fill(Number.NEGATIVE_INFINITY, r * padded + before + r + 1, (r + 1) * padded);
        kernel.softmax(scores.address + r * padded * 4, padded * 4, 1 / Math.sqrt(headDim));
      }
      const out = mixed.address + first * mixed.stride + h * headDim * 4;
      const valuesAt = values.byteOffset + block;
      const row = padded * 4;
      multiply(scores.address, row, valuesAt, capacity * 4, out, mixed.stride, count, headDim, padded);
    }
  };

  return {
    config,
    longest,
    rows: work.hidden,
    embedding: embeddingOf,
    run(segments) {
      const count = segments.reduce((sum, { tokens }) => sum + tokens.length, 0);
      const { hidden, normed, q, k, v, mixed, gate, up } = work;
      for (const [i, layer] of blocks.entries()) {
        normalise(hidden, layer.attentionNorm, normed, count, rmsNormEps);
        project(normed, count, [layer.q, q], [layer.k, k], [layer.v, v]);
        let first = 0;
        for (const segment of segments) {
          attend(i, first, segment);
          first += segment.tokens.length;
        }
        project(mixed, count, [layer.o, normed]);
        addTo(hidden, normed, count);
        normalise(hidden, layer.mlpNorm, normed, count, rmsNormEps);
        project(normed, count, [layer.gate, gate], [layer.up, up]);
        kernel.gate(gate.address, up.address, count * gate.stride);
        project(gate, count, [layer.down, normed]);
        addTo(hidden, normed, count);
      }
      for (const { cache, tokens } of segments) cache.tokens.push(...tokens);
      normalise(hidden, lastNorm, normed, count, rmsNormEps);
    },
    hidden: (row) => work.normed.row(row),
    logits(first, count) {
      const { normed, logits } = work;
      product(normed.address + first * normed.stride, head, logits, count);
      return logits;
    },
  };
}

/** Rows of a matrix of weights as floats, valid until the next call. */
function rowReader(
  { address, rows, columns, scales }: WeightMatrix,
  { buffer }: PlacedModel["memory"],
): (row: number) => Float32Array {
  if (scales === undefined) {
    const all = new Float32Array(buffer, address, rows * columns);
    return (row) => all.subarray(row * columns, (row + 1) * columns);
  }
  const whole = new Int8Array(buffer, address, rows * columns);
  const steps = new Float32Array(buffer, scales, (rows * columns) / BLOCK_SIZE);
  const floats = new Float32Array(columns);
  return (row) => {
    const at = row * columns;
    for (let i = 0; i < columns; i++) {
      floats[i] = whole[at + i]! * steps[Math.floor((at + i) / BLOCK_SIZE)]!;
    }
    return floats;
  };
}

/** out = x / sqrt(mean(x^2) + eps) * weight, row by row. */
function normalise(x: Matrix, weight: Float32Array, out: Matrix, rows: number, eps: number): void {
  for (let r = 0; r < rows; r++) {
    const from = x.row(r);
    const to = out.row(r);
    let sum = 0;
    for (let i = 0; i < from.length; i++) sum += from[i]! * from[i]!;
    const scale = 1 / Math.sqrt(sum / from.length + eps);
    for (let i = 0; i < from.length; i++) to[i] = from[i]! * scale * weight[i]!;
  }
}

function addTo(x: Matrix, y: Matrix, rows: number): void {
  const { data } = x;
  for (let i = 0; i < rows * x.columns; i++) data[i]! += y.data[i]!;
}
