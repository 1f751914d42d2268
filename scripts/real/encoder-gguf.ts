import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensorsHeader, readTensors } from "../../src/neural/checkpoint/safetensors.ts";

/** Types of values in a GGUF file's header, and the one of tensors of 32-bit floats. */
const U32 = 4;
const I32 = 5;
const F32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
const TENSOR_F32 = 0;
const ALIGNMENT = 32;

/** llama.cpp's names of the tensors of a layer, by the checkpoint's. */
const LAYER_TENSORS: Readonly<Record<string, string>> = {
  "attention.self.query": "attn_q",
  "attention.self.key": "attn_k",
  "attention.self.value": "attn_v",
  "attention.output.dense": "attn_output",
  "attention.output.LayerNorm": "attn_output_norm",
  "intermediate.dense": "ffn_up",
  "output.dense": "ffn_down",
  "output.LayerNorm": "layer_output_norm",
};
const EMBEDDING_TENSORS: Readonly<Record<string, string>> = {
  "embeddings.word_embeddings": "token_embd",
  "embeddings.position_embeddings": "position_embd",
  "embeddings.token_type_embeddings": "token_types",
  "embeddings.LayerNorm": "token_embd_norm",
};

interface BertConfig {
  readonly num_hidden_layers: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_attention_heads: number;
  readonly max_position_embeddings: number;
  readonly layer_norm_eps: number;
}

/**
 * Writes an encoder of BERT's architecture as llama.cpp reads it (GGUF 3: https://github.com/ggml-org/ggml, docs/gguf.md):
 * the header with the vocabulary, then the weights as they are.
 * @param folder a checkpoint with `config.json`, `vocab.txt` and `model.safetensors`
 */
export function writeEncoderGguf(folder: string, path: string): void {
  const config: BertConfig = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  const vocabulary = readFileSync(join(folder, "vocab.txt"), "utf8").trimEnd().split("\n");
  const weights = join(folder, "model.safetensors");
  const tensors = [...readSafetensorsHeader(weights).tensors].flatMap(([name, { shape, elements }]) => {
    const own = ownName(name);
    return own === null ? [] : [{ name, own, shape, data: new Float32Array(elements) }];
  });
  readTensors(weights, new Map(tensors.map(({ name, data }) => [name, data])));

  const facts = [...headerOf(config), ...tokenizerOf(vocabulary)];
  let at = 0;
  const infos = tensors.map(({ own, shape, data }) => {
    const info = [
      text(own),
      u32(shape.length),
      ...shape.toReversed().map((n) => u64(n)),
      u32(TENSOR_F32),
      u64(at),
    ];
    at = aligned(at + data.byteLength);
    return Buffer.concat(info);
  });
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    u32(3),
    u64(tensors.length),
    u64(facts.length),
    ...facts,
    ...infos,
  ]);
  writeFileSync(
    `${path}.part`,
    Buffer.concat([padded(head), ...tensors.map(({ data }) => padded(Buffer.from(data.buffer)))]),
  );
  renameSync(`${path}.part`, path);
}

/** `null` for what the server has no use for: the pooler's weights and the list of positions. */
function ownName(name: string): string | null {
  const kind = name.slice(name.lastIndexOf(".") + 1);
  const stem = name.slice(0, name.lastIndexOf("."));
  const layer = /^encoder\.layer\.(\d+)\.(.*)$/.exec(stem);
  const own =
    layer === null ? EMBEDDING_TENSORS[stem] : `blk.${layer[1]}.${LAYER_TENSORS[layer[2] as string]}`;
  return own === undefined ? null : `${own}.${kind}`;
}

function headerOf(config: BertConfig): Buffer[] {
  return [
    fact("general.architecture", STRING, text("bert")),
    fact("general.name", STRING, text("all-MiniLM-L6-v2")),
    fact("bert.block_count", U32, u32(config.num_hidden_layers)),
    fact("bert.context_length", U32, u32(config.max_position_embeddings)),
    fact("bert.embedding_length", U32, u32(config.hidden_size)),
    fact("bert.feed_forward_length", U32, u32(config.intermediate_size)),
    fact("bert.attention.head_count", U32, u32(config.num_attention_heads)),
    fact("bert.attention.layer_norm_epsilon", F32, f32(config.layer_norm_eps)),
    fact("bert.attention.causal", BOOL, Buffer.of(0)),
    fact("bert.pooling_type", U32, u32(1)), // the mean
  ];
}

/** WordPiece as llama.cpp wants it: a word's first piece is marked, not those that go on. */
function tokenizerOf(vocabulary: readonly string[]): Buffer[] {
  const isSpecial = (token: string): boolean => /^\[.*\]$/.test(token);
  const marked = (token: string): string =>
    isSpecial(token) ? token : token.startsWith("##") ? token.slice(2) : `▁${token}`;
  const id = (token: string): Buffer => u32(vocabulary.indexOf(token));
  return [
    fact("tokenizer.ggml.model", STRING, text("bert")),
    fact("tokenizer.ggml.token_type_count", U32, u32(2)),
    fact(
      "tokenizer.ggml.tokens",
      ARRAY,
      list(
        STRING,
        vocabulary.map((token) => text(marked(token))),
      ),
    ),
    fact(
      "tokenizer.ggml.token_type",
      ARRAY,
      list(
        I32,
        vocabulary.map((token) => u32(isSpecial(token) ? 3 : 1)),
      ),
    ),
    fact("tokenizer.ggml.padding_token_id", U32, id("[PAD]")),
    fact("tokenizer.ggml.unknown_token_id", U32, id("[UNK]")),
    fact("tokenizer.ggml.cls_token_id", U32, id("[CLS]")),
    fact("tokenizer.ggml.seperator_token_id", U32, id("[SEP]")), // so spelt in llama.cpp
    fact("tokenizer.ggml.mask_token_id", U32, id("[MASK]")),
  ];
}

const fact = (key: string, type: number, value: Buffer): Buffer =>
  Buffer.concat([text(key), u32(type), value]);
const list = (type: number, items: readonly Buffer[]): Buffer =>
  Buffer.concat([u32(type), u64(items.length), ...items]);

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
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

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
