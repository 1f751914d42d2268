import { UsageError } from "../../core/errors.ts";
import { type LlamaConfig, parseLlamaConfig, refusal } from "../checkpoint/llama-config.ts";
import type { GgufHeader, Metadata } from "./header.ts";

/** Tokens that end a turn by their name, whatever else the file calls its end: llama.cpp ends an answer at them, too. */
const TURN_ENDS = new Set([
  ...["<|im_end|>", "<|eot_id|>", "<|end|>", "<|end_of_text|>", "<|endoftext|>", "<|eom_id|>"],
  ...["<end_of_turn>", "<EOT>", "<|end_of_turn|>", "</s>"],
]);
const CONTROL = 3;

/**
 * The network that a GGUF file describes.
 * @throws UsageError for another architecture, a variant that is not served, or values that cannot be
 */
export function ggufConfig({ metadata, tensors, path }: GgufHeader): LlamaConfig {
  const architecture = metadata["general.architecture"];
  if (typeof architecture !== "string") {
    throw new UsageError(
      "the GGUF file says nothing of an architecture: it was cut short, or holds no language model",
      {
        where: path,
        remedy: "fetch the file again, whole",
      },
    );
  }
  const own = (name: string): number | undefined => numberAt(metadata, `${architecture}.${name}`);
  const heads = own("attention.head_count");
  const hidden = own("embedding_length");
  const headDim = own("attention.key_length") ?? Math.floor((hidden ?? 0) / (heads ?? 1));
  if ((own("expert_count") ?? 0) > 0) throw refusal("mixtures of experts are not served", path);
  const scaling = metadata[`${architecture}.rope.scaling.type`];
  return parseLlamaConfig(
    {
      model_type: architecture,
      vocab_size: tensors.get("token_embd.weight")?.shape[0],
      hidden_size: hidden,
      intermediate_size: own("feed_forward_length"),
      num_hidden_layers: own("block_count"),
      num_attention_heads: heads,
      num_key_value_heads: own("attention.head_count_kv"),
      head_dim: headDim,
      partial_rotary_factor: (own("rope.dimension_count") ?? headDim) / headDim,
      rope_theta: own("rope.freq_base"),
      ...(scaling === undefined || scaling === "none" ? {} : { rope_scaling: { rope_type: scaling } }),
      rms_norm_eps: own("attention.layer_norm_rms_epsilon"),
      sliding_window: own("attention.sliding_window"),
      use_sliding_window: own("attention.sliding_window") !== undefined,
      tie_word_embeddings: !tensors.has("output.weight"),
      attention_bias: tensors.has("blk.0.attn_q.bias"),
      max_position_embeddings: own("context_length"),
      bos_token_id: numberAt(metadata, "tokenizer.ggml.bos_token_id"),
      eos_token_id: turnEnds(metadata),
    },
    path,
  );
}

function turnEnds(metadata: Metadata): number[] {
  const ids = ["eos_token_id", "eot_token_id", "eom_token_id"].map((name) =>
    numberAt(metadata, `tokenizer.ggml.${name}`),
  );
  const types = metadata["tokenizer.ggml.token_type"] as readonly number[] | undefined;
  const tokens = (metadata["tokenizer.ggml.tokens"] ?? []) as readonly string[];
  const named = tokens.flatMap((token, id) => (types?.[id] === CONTROL && TURN_ENDS.has(token) ? [id] : []));
  return [...new Set([...ids.filter((id) => id !== undefined), ...named])];
}

/** A number of the header; some writers store 64 bits. */
export function numberAt(metadata: Metadata, key: string): number | undefined {
  const value = metadata[key];
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}
