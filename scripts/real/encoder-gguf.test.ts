import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeSafetensors } from "../../src/neural/checkpoint/safetensors.ts";
import { readGgufHeader } from "../../src/neural/gguf/header.ts";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { writeEncoderGguf } from "./encoder-gguf.ts";

it("an encoder's checkpoint becomes a file under llama.cpp's names", async () => {
  const folder = temporaryFolder();
  const config = {
    num_hidden_layers: 1,
    hidden_size: 4,
    intermediate_size: 8,
    num_attention_heads: 2,
    max_position_embeddings: 16,
    layer_norm_eps: 1e-12,
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nbread\n##s\n");
  const tensor = (...shape: number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i),
  });
  writeSafetensors(
    join(folder, "model.safetensors"),
    new Map([
      ["embeddings.word_embeddings.weight", tensor(7, 4)],
      ["embeddings.LayerNorm.bias", tensor(4)],
      ["encoder.layer.0.attention.self.query.weight", tensor(4, 4)],
      ["encoder.layer.0.intermediate.dense.weight", tensor(8, 4)],
      ["encoder.layer.0.output.LayerNorm.weight", tensor(4)],
      ["pooler.dense.weight", tensor(4, 4)],
    ]),
  );
  const path = join(folder, "encoder.gguf");
  writeEncoderGguf(folder, path);
  const { metadata, tensors } = await readGgufHeader(path);
  expect([...tensors].map(([name, { shape, type }]) => [name, ...shape, type])).toEqual([
    ["token_embd.weight", 7, 4, "F32"],
    ["token_embd_norm.bias", 4, "F32"],
    ["blk.0.attn_q.weight", 4, 4, "F32"],
    ["blk.0.ffn_up.weight", 8, 4, "F32"],
    ["blk.0.layer_output_norm.weight", 4, "F32"],
  ]);
  expect(metadata).toMatchObject({
    "general.architecture": "bert",
    "bert.embedding_length": 4,
    "bert.attention.causal": false,
    "tokenizer.ggml.tokens": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁bread", "s"],
    "tokenizer.ggml.token_type": [3, 3, 3, 3, 3, 1, 1],
    "tokenizer.ggml.seperator_token_id": 3,
  });
});
