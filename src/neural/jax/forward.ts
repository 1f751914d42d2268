/**
 * A Llama-architecture transformer in jax-js: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
 *
 * ```ts
 * const jax = await loadJax();                               // once a process, before anything else here
 * const net = llama(jax, config);
 * const params = paramsFromWeights(jax, weights, config);
 * const lossOf = (p: LlamaParams, ids: Tensor, targets: Tensor, mask: Tensor) =>
 *   tokenLogProbs(jax, net.forward(p, net.embed(p.embed.ref, ids)), targets).mul(mask).sum().neg();
 * const [loss, gradient] = jax.valueAndGrad(lossOf)(jax.tree.ref(params), ids, targets, mask);
 * ```
 * Every array handed to a function of jax-js or of this room is consumed: pass `x.ref` or `jax.tree.ref(tree)` to keep
 * it. Sequences [B,T] are padded on the right; a causal mask is all that is needed then, and losses leave the padding
 * out. Call whole training steps (gradient and `adamW` update) inside one `jax.jit`. Every new shape compiles once
 * (one to eight seconds) and keeps memory of its own, so use few shapes, with T a multiple of 64.
 */
import type { numpy } from "@jax-js/jax";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { partsOf } from "./long-sums.ts";
import { rotaryTables } from "./rotary.ts";

export type Jax = typeof import("@jax-js/jax");
export type Tensor = numpy.Array;

/** The seven projections of a layer: what LoRA may adapt. */
export const PROJECTIONS = ["q", "k", "v", "o", "gate", "up", "down"] as const;
export type Projection = (typeof PROJECTIONS)[number];

export type LayerParams = {
  /** Weights [out, in], as in the checkpoint. */
  weights: Record<Projection, Tensor>;
  /** Biases [out] where the checkpoint has them. */
  biases: { q?: Tensor; k?: Tensor; v?: Tensor; o?: Tensor };
  attentionNorm: Tensor;
  mlpNorm: Tensor;
};

export type LlamaParams = {
  /** [V, D]; also the output matrix when `head` is absent (tied embeddings). */
  embed: Tensor;
  layers: LayerParams[];
  norm: Tensor;
  /** [V, D] */
  head?: Tensor;
};

/** Adapter of one projection: y += scaling * (drop(x) A^T) B^T. A is [r, in], B is [out, r]. */
export type LoraPair = { a: Tensor; b: Tensor };
/** One record a layer; a projection without an adapter is absent. */
export type Lora = Partial<Record<Projection, LoraPair>>[];

export interface LoraUse {
  readonly pairs: Lora;
  /** alpha / r */
  readonly scaling: number;
  /** Applied to an adapter's input while training; consumes its argument. */
  readonly drop?: (x: Tensor, layer: number, projection: Projection) => Tensor;
}

/** Positions of each sequence: `width` of them, from `starts` (int32 [B]) on; those past the end give zeros. */
export interface Span {
  readonly starts: Tensor;
  readonly width: number;
}

export interface Llama {
  readonly config: LlamaConfig;
  /** Rows [..., D] of the embedding matrix. */
  embed(matrix: Tensor, ids: Tensor): Tensor;
  /** Logits [B,T,V] of input embeddings [B,T,D]; given a span, at its positions alone: [B,width,V]. */
  forward(params: LlamaParams, rows: Tensor, lora?: LoraUse, span?: Span): Tensor;
}

/** A batch of products: one for each sequence and key head. */
const BY_HEAD = { lhsBatchDims: [0, 1], rhsBatchDims: [0, 1] };
/** Positions whose queries are computed together, at least. */
const LEAST_STRETCH = 64;
const MOST_STRETCHES = 4;

/**
 * Cuts t positions into stretches, multiples of 64: queries of each see keys up to its end alone, so that of the scores
 * above the diagonal, which count for nothing, most are never computed (about a quarter of attention's time at 192
 * positions). More stretches save little more and take longer to compile.
 */
function stretches(t: number): [from: number, to: number][] {
  const size = Math.ceil(t / LEAST_STRETCH / MOST_STRETCHES) * LEAST_STRETCH;
  return Array.from({ length: Math.ceil(t / size) }, (_, i) => [i * size, Math.min(t, (i + 1) * size)]);
}

/** What depends on the length of the sequences alone. */
type Tables = { readonly cos: Tensor; readonly sin: Tensor; readonly mask: Tensor };

export function llama(jax: Jax, config: LlamaConfig): Llama {
  const { numpy: np, lax, nn, tree } = jax;
  const { heads, kvHeads, headDim, rmsNormEps } = config;
  const group = heads / kvHeads;

  /**
   * The same array, whose gradient is written to memory before it is used. jax-js would otherwise compute it anew
   * inside the product that follows in the backward pass, once for every column: the transpose of a split is a
   * concatenation, and the parts of a concatenation are the one thing that is never folded into their use.
   */
  const settled = (x: Tensor): Tensor => np.split(x, 1)[0] as Tensor;

  /** x [..., in] by W [out, in]. */
  const linear = (x: Tensor, weight: Tensor): Tensor =>
    settled(lax.dot(x, weight, { lhsContractingDims: [-1], rhsContractingDims: [1] }));

  /**
   * Logits of x [B,T,D] by an output matrix [V,D]. In the backward pass the products with its rows are summed over the
   * vocabulary, and with a large one in parts: x is repeated for each.
   */
  const logitsOf = (x: Tensor, head: Tensor): Tensor => {
    const [b, t, d] = x.shape as [number, number, number];
    const v = head.shape[0] as number;
    const parts = partsOf(v);
    if (parts === 1) return linear(x, head);
    const repeated = np.broadcastTo(x.reshape([1, b * t, d]), [parts, b * t, d]);
    const byPart = lax.dot(repeated, head.reshape([parts, v / parts, d]), {
      lhsBatchDims: [0],
      rhsBatchDims: [0],
      lhsContractingDims: [2],
      rhsContractingDims: [2],
    });
    return settled(byPart).transpose([1, 0, 2]).reshape([b, t, v]);
  };

  const rmsNorm = (x: Tensor, weight: Tensor): Tensor => {
    const power = np.mean(np.square(x.ref), -1, { keepdims: true });
    return x.mul(np.reciprocal(np.sqrt(power.add(rmsNormEps)))).mul(weight);
  };

  /**
   * The same array, written to memory in its own order. A product reads its inputs through any transposition and
   * reshaping, several times slower than in a row; arithmetic in between makes an array of its own.
   */
  const packed = (x: Tensor): Tensor => x.neg().neg();

  /**
   * Rotates pairs (i, i + headDim/2) of x [..., T, headDim]; the halves are swapped by a flip, which costs no copy.
   * @param cos,sin [T, 2, headDim/2]
   */
  const rotate = (x: Tensor, cos: Tensor, sin: Tensor): Tensor => {
    const { shape } = x;
    const halves = x.reshape([...shape.slice(0, -1), 2, headDim / 2]);
    return halves.ref.mul(cos).add(np.flip(halves, -2).mul(sin)).reshape(shape);
  };

  /** From projections [B,T,heads x headDim] to the mixed values in the same shape. */
  const attention = (q: Tensor, k: Tensor, v: Tensor, tables: Tables): Tensor => {
    const [b, t] = q.shape as [number, number];
    const byHead = (x: Tensor): Tensor => x.reshape([b, t, kvHeads, -1, headDim]).transpose([0, 2, 3, 1, 4]);
    const scaled = headDim ** -0.5;
    // Heads that share a key head are stacked along time, so keys and values need no copies.
    const queries = rotate(byHead(q), tables.cos.ref.mul(scaled), tables.sin.ref.mul(scaled));
    const keys = rotate(byHead(k), tables.cos.ref, tables.sin.ref).reshape([b, kvHeads, t, headDim]);
    const values = packed(byHead(v)).reshape([b, kvHeads, t, headDim]);
    const parts = stretches(t).map(([from, to]) => {
      const own = settled(queries.ref.slice([], [], [], [from, to])).reshape([b, kvHeads, -1, headDim]);
      const past = (x: Tensor): Tensor => settled(x.ref.slice([], [], [0, to]));
      const scores = settled(
        lax.dot(own, past(keys), { ...BY_HEAD, lhsContractingDims: [3], rhsContractingDims: [3] }),
      );
      const mask = tables.mask.ref.slice([from, to], [0, to]);
      const weights = nn.softmax(scores.reshape([b, kvHeads, group, to - from, to]).add(mask), -1);
      const stacked = settled(weights).reshape([b, kvHeads, -1, to]);
      const mixed = lax.dot(stacked, past(values), {
        ...BY_HEAD,
        lhsContractingDims: [3],
        rhsContractingDims: [2],
      });
      return settled(mixed).reshape([b, kvHeads, group, to - from, headDim]);
    });
    for (const x of [queries, keys, values]) x.dispose();
    const byTime = np.concatenate(parts, 3).transpose([0, 3, 1, 2, 4]);
    return packed(byTime.reshape([b, t, heads * headDim]));
  };

  /**
   * Rows of x [B,T,D] at a span's positions, [B,width,D]: a product with rows of ones and zeros, which costs far less than
   * the logits that it saves and, unlike indexing, has a product as its gradient.
   */
  const rowsAt = (x: Tensor, { starts, width }: Span): Tensor => {
    const [b, t] = x.shape as [number, number, number];
    const count = (n: number): Tensor => np.arange(n).astype(np.int32);
    const wanted = starts.reshape([b, 1, 1]).add(count(width).reshape([width, 1]));
    return settled(
      lax.dot(settled(np.where(count(t).equal(wanted), 1, 0)), x, {
        lhsContractingDims: [2],
        rhsContractingDims: [1],
        lhsBatchDims: [0],
        rhsBatchDims: [0],
      }),
    );
  };

  const hidden = (params: LlamaParams, rows: Tensor, lora?: LoraUse, span?: Span): Tensor => {
    const [, t] = rows.shape as [number, number, number];
    const { cos, sin } = rotaryTables(config, t);
    const tables: Tables = {
      cos: np.array(cos, { shape: [t, 2, headDim / 2] }),
      sin: np.array(sin, { shape: [t, 2, headDim / 2] }),
      mask: np.where(np.tri(t, t).greater(0), 0, -1e9),
    };
    let x = rows;
    params.layers.forEach((layer, index) => {
      const adapters = lora?.pairs[index];
      const project = (name: Projection, input: Tensor): Tensor => {
        const adapter = adapters?.[name];
        if (lora === undefined || adapter === undefined) return linear(input, layer.weights[name]);
        const seen = lora.drop === undefined ? input.ref : lora.drop(input.ref, index, name);
        const change = linear(linear(seen, adapter.a), adapter.b).mul(lora.scaling);
        return linear(input, layer.weights[name]).add(change);
      };
      const biased = (y: Tensor, bias: Tensor | undefined): Tensor => (bias === undefined ? y : y.add(bias));

      const h = rmsNorm(x.ref, layer.attentionNorm);
      const q = biased(project("q", h.ref), layer.biases.q);
      const k = biased(project("k", h.ref), layer.biases.k);
      const v = biased(project("v", h), layer.biases.v);
      const mixed = attention(q, k, v, tables);
      x = x.add(biased(project("o", mixed), layer.biases.o));

      const m = rmsNorm(x.ref, layer.mlpNorm);
      const gate = nn.silu(project("gate", m.ref));
      x = x.add(project("down", gate.mul(project("up", m))));
    });
    tree.dispose(tables);
    return rmsNorm(span === undefined ? x : rowsAt(x, span), params.norm);
  };

  return {
    config,
    embed: (matrix, ids) => np.take(matrix, ids, 0),
    forward(params, rows, lora, span) {
      const { head, embed, ...rest } = params;
      if (head !== undefined) embed.dispose();
      return logitsOf(hidden({ embed, ...rest }, rows, lora, span), head ?? embed);
    },
  };
}
