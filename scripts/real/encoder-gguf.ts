import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { readSafetensorsHeader, readTensors } from "../../src/neural/checkpoint/safetensors.ts";
import { type Stored, type Value, writeGguf } from "../../test/support/write-gguf.ts";

/** llama.cpp's names of the embeddings' tensors and of a layer's, by the checkpoint's. */
const EMBEDDINGS: Readonly<Record<string, string>> = {
  "embeddings.word_embeddings": "token_embd",
  "embeddings.position_embeddings": "position_embd",
  "embeddings.token_type_embeddings": "token_types",
  "embeddings.LayerNorm": "token_embd_norm",
};
const LAYER: Readonly<Record<string, string>> = {
  "attention.self.query": "attn_q",
  "attention.self.key": "attn_k",
  "attention.self.value": "attn_v",
  "attention.output.dense": "attn_output",
  "attention.output.LayerNorm": "attn_output_norm",
  "intermediate.dense": "ffn_up",
  "output.dense": "ffn_down",
  "output.LayerNorm": "layer_output_norm",
};
/** Numbers of the format: a tensor of 32-bit floats, kinds of tokens, the mean as pooling. */
const F32 = 0;
const [ORDINARY, CONTROL] = [1, 3];
const MEAN = 1;

interface BertConfig {
  readonly num_hidden_layers: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_attention_heads: number;
  readonly max_position_embeddings: number;
  readonly layer_norm_eps: number;
}

/**
 * Writes a sentence encoder of BERT's architecture as llama.cpp reads it: vocabulary and weights in one file.
 * @param folder a checkpoint with `config.json`, `vocab.txt` and `model.safetensors`
 */
export function writeEncoderGguf(folder: string, path: string): void {
  const config: BertConfig = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  const vocabulary = readFileSync(join(folder, "vocab.txt"), "utf8").trimEnd().split("\n");
  const weights = join(folder, "model.safetensors");
  const wanted = [...readSafetensorsHeader(weights).tensors].flatMap(([name, { shape, elements }]) => {
    const own = ownName(name);
    return own === undefined ? [] : [{ name, own, shape, data: new Float32Array(elements) }];
  });
  readTensors(weights, new Map(wanted.map(({ name, data }) => [name, data])));
  const tensors = wanted.map(({ own, shape, data }): [string, Stored] => [
    own,
    { type: F32, shape, bytes: new Uint8Array(data.buffer) },
  ]);
  writeGguf(`${path}.part`, { ...headerOf(config), ...tokenizerOf(vocabulary) }, new Map(tensors));
  renameSync(`${path}.part`, path);
}

/** `undefined` for what the server has no use for: the pooler, and the list of positions. */
function ownName(name: string): string | undefined {
  const kind = name.slice(name.lastIndexOf(".") + 1);
  const stem = name.slice(0, name.lastIndexOf("."));
  const [, layer, part = ""] = /^encoder\.layer\.(\d+)\.(.*)$/.exec(stem) ?? [];
  if (layer !== undefined) return `blk.${layer}.${LAYER[part]}.${kind}`;
  return EMBEDDINGS[stem] === undefined ? undefined : `${EMBEDDINGS[stem]}.${kind}`;
}

const headerOf = (config: BertConfig): Record<string, Value> => ({
  "general.architecture": "bert",
  "bert.block_count": config.num_hidden_layers,
  "bert.context_length": config.max_position_embeddings,
  "bert.embedding_length": config.hidden_size,
  "bert.feed_forward_length": config.intermediate_size,
  "bert.attention.head_count": config.num_attention_heads,
  "bert.attention.layer_norm_epsilon": { float: config.layer_norm_eps },
  "bert.attention.causal": false,
  "bert.pooling_type": MEAN,
});

/** WordPiece as llama.cpp wants it: a word's first piece is marked, not those that go on. */
function tokenizerOf(vocabulary: readonly string[]): Record<string, Value> {
  const isSpecial = (token: string): boolean => /^\[.*\]$/.test(token);
  const marked = (token: string): string =>
    isSpecial(token) ? token : token.startsWith("##") ? token.slice(2) : `▁${token}`;
  const id = (token: string): number => vocabulary.indexOf(token);
  return {
    "tokenizer.ggml.model": "bert",
    "tokenizer.ggml.token_type_count": 2,
    "tokenizer.ggml.tokens": vocabulary.map(marked),
    "tokenizer.ggml.token_type": vocabulary.map((token) => (isSpecial(token) ? CONTROL : ORDINARY)),
    "tokenizer.ggml.padding_token_id": id("[PAD]"),
    "tokenizer.ggml.unknown_token_id": id("[UNK]"),
    "tokenizer.ggml.cls_token_id": id("[CLS]"),
    "tokenizer.ggml.seperator_token_id": id("[SEP]"), // so spelt in llama.cpp
    "tokenizer.ggml.mask_token_id": id("[MASK]"),
  };
}
