import { closeSync, openSync, writeSync } from "node:fs";
import type { LlamaConfig } from "../../src/neural/checkpoint/llama-config.ts";
import type { Tensor } from "../../src/neural/checkpoint/safetensors.ts";
import type { Weights } from "../../src/neural/checkpoint/weights.ts";
import { byteCharacters, SPECIAL, TEMPLATE } from "./random-checkpoint.ts";

/** Numbers of GGUF's value types, as far as they are written here. */
const [UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY] = [4, 5, 6, 7, 8, 9] as const;
const ALIGNMENT = 32;

export type Value =
  | number
  | boolean
  | string
  | readonly string[]
  | readonly number[]
  | { readonly float: number };

/** A tensor as it is to stand in the file. */
export interface Stored {
  /** ggml's number of the type: 0 is F32, 8 is Q8_0. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Writes a GGUF file (version 3). Numbers become 32-bit integers, or floats where they are wrapped. */
export function writeGguf(
  path: string,
  metadata: Readonly<Record<string, Value>>,
  tensors: ReadonlyMap<string, Stored>,
): string {
  const fd = openSync(path, "w");
  const keys = Object.entries(metadata);
  const head: Buffer[] = [Buffer.from("GGUF"), u32(3), u64(tensors.size), u64(keys.length)];
  for (const [key, value] of keys) head.push(text(key), ...encoded(value));
  let offset = 0;
  for (const [name, { type, shape, bytes }] of tensors) {
    head.push(text(name), u32(shape.length), ...[...shape].reverse().map(u64), u32(type), u64(offset));
    offset += padded(bytes.length);
  }
  const whole = Buffer.concat(head);
  writeSync(fd, Buffer.concat([whole, Buffer.alloc(padded(whole.length) - whole.length)]));
  for (const { bytes } of tensors.values()) {
    writeSync(fd, bytes);
    writeSync(fd, Buffer.alloc(padded(bytes.length) - bytes.length));
  }
  closeSync(fd);
  return path;
}

/** A network's weights under llama.cpp's names and in its order of rows, as F32. */
export function storedWeights(
  weights: Weights,
  config: LlamaConfig,
  architecture = "llama",
): Map<string, Stored> {
  const names: Readonly<Record<string, string>> = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
  };
  const parts: Readonly<Record<string, string>> = {
    input_layernorm: "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    post_attention_layernorm: "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
  };
  return new Map(
    [...weights].map(([name, tensor]) => {
      const [, layer, part = "", kind] = /^model\.layers\.(\d+)\.(.*)\.(weight|bias)$/.exec(name) ?? [];
      const own = names[name] ?? `blk.${layer}.${parts[part]}.${kind}`;
      const isPaired = architecture === "llama" && /attn_[qk]\./.test(own);
      const data = isPaired ? pairedRows(tensor, config.headDim) : tensor.data;
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return [own, { type: 0, shape: tensor.shape, bytes }];
    }),
  );
}

/** What llama.cpp's converter does: w.reshape(heads, 2, headDim / 2, ...).swapaxes(1, 2). */
function pairedRows({ shape, data }: Tensor, headDim: number): Float32Array {
  const width = shape.length === 1 ? 1 : (shape[1] as number);
  const paired = new Float32Array(data.length);
  for (let row = 0; row < (shape[0] as number); row++) {
    const [head, half, i] = [
      Math.floor(row / headDim),
      Math.floor((row % headDim) / (headDim / 2)),
      row % (headDim / 2),
    ];
    paired.set(data.subarray(row * width, (row + 1) * width), (head * headDim + i * 2 + half) * width);
  }
  return paired;
}

/** What a file says of a network with the tokenizer of bytes and the chat template of `writeRandomCheckpoint`. */
export function metadataOf(config: LlamaConfig, architecture = "llama"): Record<string, Value> {
  const specials = [
    ...SPECIAL,
    ...Array.from({ length: config.vocabSize - 256 - SPECIAL.length }, (_, i) => `[${i}]`),
  ];
  const own: Record<string, Value> = {
    block_count: config.layers,
    context_length: config.maxPositions,
    embedding_length: config.hiddenSize,
    feed_forward_length: config.intermediateSize,
    "attention.head_count": config.heads,
    "attention.head_count_kv": config.kvHeads,
    "attention.key_length": config.headDim,
    "attention.layer_norm_rms_epsilon": { float: config.rmsNormEps },
    "rope.freq_base": { float: config.ropeTheta },
  };
  return {
    "general.architecture": architecture,
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${architecture}.${key}`, value])),
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": [...byteCharacters(), ...specials],
    "tokenizer.ggml.token_type": [
      ...new Array<number>(256).fill(1),
      ...specials.map((_, i) => (i < SPECIAL.length ? 3 : 5)),
    ],
    "tokenizer.ggml.merges": [],
    "tokenizer.ggml.bos_token_id": 256,
    "tokenizer.ggml.eos_token_id": 257,
    "tokenizer.ggml.add_bos_token": false,
    "tokenizer.chat_template": TEMPLATE,
  };
}

function encoded(value: Value): Buffer[] {
  if (typeof value === "boolean") return [u32(BOOL), Buffer.from([Number(value)])];
  if (typeof value === "string") return [u32(STRING), text(value)];
  if (typeof value === "number") return [u32(UINT32), u32(value)];
  if ("float" in value) return [u32(FLOAT32), f32(value.float)];
  const items = value as readonly (string | number)[];
  const areTexts = typeof items[0] !== "number";
  const areWhole = items.every((item) => Number.isInteger(item));
  const type = areTexts ? STRING : areWhole ? INT32 : FLOAT32;
  const item = (one: string | number): Buffer =>
    typeof one === "string" ? text(one) : areWhole ? u32(one) : f32(one);
  return [u32(ARRAY), u32(type), u64(items.length), ...items.map(item)];
}

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}
