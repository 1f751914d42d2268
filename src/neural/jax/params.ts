import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import type { Weights } from "../checkpoint/weights.ts";
import { type Jax, type LayerParams, type LlamaParams, PROJECTIONS, type Projection } from "./forward.ts";

const PATHS: Readonly<Record<Projection, string>> = {
  q: "self_attn.q_proj",
  k: "self_attn.k_proj",
  v: "self_attn.v_proj",
  o: "self_attn.o_proj",
  gate: "mlp.gate_proj",
  up: "mlp.up_proj",
  down: "mlp.down_proj",
};

const BIASED = ["q", "k", "v", "o"] as const;

/** The checkpoint's name of a projection, without `.weight`. */
export function projectionPath(layer: number, projection: Projection): string {
  return `model.layers.${layer}.${PATHS[projection]}`;
}

/** The jax tree of a checkpoint's tensors; they are copied. */
export function paramsFromWeights({ numpy: np }: Jax, weights: Weights, config: LlamaConfig): LlamaParams {
  const tensor = (name: string) => {
    const found = weights.get(name);
    if (found === undefined) throw new RangeError(`the weights lack "${name}"`);
    return np.array(Float32Array.from(found.data), { shape: [...found.shape] });
  };
  const layers = Array.from({ length: config.layers }, (_, i): LayerParams => {
    const biases: LayerParams["biases"] = {};
    for (const name of BIASED) {
      const path = `${projectionPath(i, name)}.bias`;
      if (weights.has(path)) biases[name] = tensor(path);
    }
    return {
      weights: Object.fromEntries(
        PROJECTIONS.map((name) => [name, tensor(`${projectionPath(i, name)}.weight`)]),
      ) as LayerParams["weights"],
      biases,
      attentionNorm: tensor(`model.layers.${i}.input_layernorm.weight`),
      mlpNorm: tensor(`model.layers.${i}.post_attention_layernorm.weight`),
    };
  });
  return {
    embed: tensor("model.embed_tokens.weight"),
    layers,
    norm: tensor("model.norm.weight"),
    ...(config.tieEmbeddings ? {} : { head: tensor("lm_head.weight") }),
  };
}
