import { UsageError } from "../../core/errors.ts";

/** Llama 3's stretching of rotary frequencies (`rope_type: "llama3"`). */
export interface RopeScaling {
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  /** Context length before stretching. */
  readonly originalMaxPositions: number;
}

/** What a Llama-architecture network is made of; the names of `config.json` in short. */
export interface LlamaConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Key and value heads; `heads / kvHeads` query heads share one. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  /** What each rotated pair's frequency is divided by, where a GGUF file lists it in place of a scaling. */
  readonly ropeFactors?: readonly number[];
  readonly rmsNormEps: number;
  /** The output matrix is the embedding matrix. */
  readonly tieEmbeddings: boolean;
  /** Projections q, k and v add a bias (Qwen2); that of o is used where the checkpoint has one. */
  readonly attentionBias: boolean;
  /** Longest sequence, prompt and answer together. */
  readonly maxPositions: number;
  readonly bosTokenId: number | null;
  /** Tokens that end an answer. */
  readonly eosTokenIds: readonly number[];
}

type Json = Readonly<Record<string, unknown>>;

/** `model_type`s whose layers are Llama's, and whether q, k and v have biases when the file does not say. */
const MODEL_TYPES: Readonly<Record<string, { readonly bias: boolean }>> = {
  llama: { bias: false },
  mistral: { bias: false },
  qwen2: { bias: true },
};

/**
 * Reads a `config.json` of Hugging Face's layout.
 * @param where the file, for errors
 * @throws UsageError for another architecture, a variant that is not served, or values that cannot be
 */
export function parseLlamaConfig(json: unknown, where: string): LlamaConfig {
  if (!isObject(json)) throw new UsageError("the model's configuration is not a JSON object", { where });
  const type = String(json.model_type ?? "");
  const family = MODEL_TYPES[type];
  if (family === undefined) {
    throw refusal(`the architecture "${type}" cannot be run in the process`, where);
  }
  refuseVariants(json, type, where);
  const rope = isObject(json.rope_parameters) ? json.rope_parameters : json;
  const positive = (key: string, otherwise?: number): number => {
    const value = json[key] ?? otherwise;
    if (Number.isInteger(value) && (value as number) > 0) return value as number;
    throw new UsageError(`${key} must be a whole number above 0, found ${JSON.stringify(json[key])}`, {
      where,
    });
  };
  const heads = positive("num_attention_heads");
  const hiddenSize = positive("hidden_size");
  const config: LlamaConfig = {
    vocabSize: positive("vocab_size"),
    hiddenSize,
    intermediateSize: positive("intermediate_size"),
    layers: positive("num_hidden_layers"),
    heads,
    kvHeads: positive("num_key_value_heads", heads),
    headDim: positive("head_dim", hiddenSize / heads),
    ropeTheta: numberOf(rope, "rope_theta", where, 10_000),
    ropeScaling: ropeScalingOf(json, where),
    rmsNormEps: numberOf(json, "rms_norm_eps", where, 1e-6),
    tieEmbeddings: json.tie_word_embeddings === true,
    attentionBias: typeof json.attention_bias === "boolean" ? json.attention_bias : family.bias,
    maxPositions: positive("max_position_embeddings", 2048),
    bosTokenId: typeof json.bos_token_id === "number" ? json.bos_token_id : null,
    eosTokenIds: [json.eos_token_id].flat().filter((id): id is number => typeof id === "number"),
  };
  if (heads % config.kvHeads !== 0) {
    throw new UsageError(`${heads} query heads cannot share ${config.kvHeads} key and value heads`, {
      where,
    });
  }
  if (config.headDim % 2 !== 0) {
    throw new UsageError(`rotary positions need an even head size, found ${config.headDim}`, { where });
  }
  return config;
}

/** The `config.json` of a network, as `parseLlamaConfig` and other tools of the ecosystem read it. */
export function hfConfigOf(config: LlamaConfig): Record<string, unknown> {
  const scaling = config.ropeScaling;
  return {
    architectures: [config.attentionBias ? "Qwen2ForCausalLM" : "LlamaForCausalLM"],
    model_type: config.attentionBias ? "qwen2" : "llama",
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    hidden_act: "silu",
    rope_theta: config.ropeTheta,
    rope_scaling: scaling && {
      rope_type: "llama3",
      factor: scaling.factor,
      low_freq_factor: scaling.lowFreqFactor,
      high_freq_factor: scaling.highFreqFactor,
      original_max_position_embeddings: scaling.originalMaxPositions,
    },
    rms_norm_eps: config.rmsNormEps,
    tie_word_embeddings: config.tieEmbeddings,
    attention_bias: config.attentionBias,
    mlp_bias: false,
    max_position_embeddings: config.maxPositions,
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenIds.length === 1 ? config.eosTokenIds[0] : config.eosTokenIds,
    torch_dtype: "float32",
  };
}

/** Parts that would change the arithmetic: running without them would give plausible nonsense. */
function refuseVariants(json: Json, type: string, where: string): void {
  const act = json.hidden_act ?? "silu";
  if (act !== "silu") throw refusal(`the activation "${act}" is not served (only silu)`, where);
  if (json.mlp_bias === true) throw refusal("biases in the feed-forward layers are not served", where);
  if (json.quantization_config !== undefined) throw refusal("quantised weights are not served", where);
  if ((json.partial_rotary_factor ?? 1) !== 1)
    throw refusal("partial rotary positions are not served", where);
  const slides =
    type === "qwen2" ? json.use_sliding_window === true : typeof json.sliding_window === "number";
  if (slides && Number(json.sliding_window) < Number(json.max_position_embeddings)) {
    throw refusal("sliding-window attention is not served", where);
  }
}

function ropeScalingOf(json: Json, where: string): RopeScaling | null {
  // Transformers 5 writes rope_parameters, earlier versions rope_scaling.
  const rope = isObject(json.rope_parameters) ? json.rope_parameters : json.rope_scaling;
  if (!isObject(rope)) return null;
  const type = rope.rope_type ?? rope.type ?? "default";
  if (type === "default") return null;
  if (type !== "llama3") throw refusal(`rotary scaling "${String(type)}" is not served (only llama3)`, where);
  return {
    factor: numberOf(rope, "factor", where),
    lowFreqFactor: numberOf(rope, "low_freq_factor", where),
    highFreqFactor: numberOf(rope, "high_freq_factor", where),
    originalMaxPositions: numberOf(rope, "original_max_position_embeddings", where),
  };
}

function numberOf(json: Json, key: string, where: string, otherwise?: number): number {
  const value = json[key] ?? otherwise;
  if (typeof value === "number" && value > 0) return value;
  throw new UsageError(`${key} must be a number above 0, found ${JSON.stringify(json[key])}`, { where });
}

/** The error for what this package cannot run: somebody else can. */
export function refusal(message: string, where: string): UsageError {
  return new UsageError(message, {
    where,
    remedy:
      'serve this model with vLLM or llama.cpp and use "openai:<model>" with its baseUrl; in the process run ' +
      "Llama, Mistral and Qwen2 checkpoints (docs/local-models.md)",
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
