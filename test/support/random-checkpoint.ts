import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hfConfigOf, type LlamaConfig } from "../../src/neural/checkpoint/llama-config.ts";
import { type Tensor, writeSafetensors } from "../../src/neural/checkpoint/safetensors.ts";
import { expectedTensors, type Weights } from "../../src/neural/checkpoint/weights.ts";

/** The generator of test/reference/neural-llama.py: uniform on centre ± scale, seeded by the name. */
export function noise(name: string, shape: readonly number[], scale: number, centre = 0): Tensor {
  let state = 0;
  for (const character of name) state = (Math.imul(state, 31) + character.charCodeAt(0)) >>> 0;
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return centre + scale * (state / 2 ** 31 - 1);
  });
  return { shape, data };
}

/** The random weights of a network. @param outputBias whether o has a bias, as in Llama's own biased form */
export function randomWeights(config: LlamaConfig, outputBias = false): Weights {
  const shapes = expectedTensors(config);
  if (outputBias) {
    for (let i = 0; i < config.layers; i++) {
      shapes.set(`model.layers.${i}.self_attn.o_proj.bias`, [config.hiddenSize]);
    }
  }
  return new Map(
    [...shapes].map(([name, shape]) => {
      if (name.endsWith("norm.weight")) return [name, noise(name, shape, 0.5, 1)];
      if (name.endsWith("bias")) return [name, noise(name, shape, 0.3)];
      return [name, noise(name, shape, name.includes("embed") ? 1 : Math.sqrt(3 / shape[1]!))];
    }),
  );
}

/** A tokenizer of single bytes: 256 of them, and the special tokens of a chat. */
export const SPECIAL = ["<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"] as const;
export const RANDOM_CONFIG: LlamaConfig = {
  vocabSize: 256 + SPECIAL.length + 3,
  hiddenSize: 32,
  intermediateSize: 64,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 8,
  ropeTheta: 10_000,
  ropeScaling: null,
  rmsNormEps: 1e-5,
  tieEmbeddings: false,
  attentionBias: false,
  maxPositions: 2048,
  bosTokenId: 256,
  eosTokenIds: [257],
};

/** The printable stand-ins of bytes in byte-level BPE vocabularies (GPT-2). */
export function byteCharacters(): string[] {
  const isPlain = (b: number): boolean => (b >= 33 && b <= 126) || (b >= 161 && b !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCharCode(isPlain(b) ? b : next++));
}

export const TEMPLATE =
  "{{ bos_token }}{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + eos_token }}{% endfor %}" +
  "{% if add_generation_prompt %}<|assistant|>{% endif %}";

/** Writes a checkpoint of random weights with a tokenizer of bytes and a chat template. @returns its folder */
export function writeRandomCheckpoint(folder: string, config: LlamaConfig = RANDOM_CONFIG): string {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, json: unknown): void =>
    writeFileSync(join(folder, name), typeof json === "string" ? json : JSON.stringify(json));
  write("config.json", hfConfigOf(config));
  writeSafetensors(join(folder, "model.safetensors"), randomWeights(config));
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: true };
  write("tokenizer.json", {
    version: "1.0",
    added_tokens: SPECIAL.map((content, i) => ({
      id: 256 + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      vocab: Object.fromEntries(byteCharacters().map((c, i) => [c, i])),
      merges: [],
    },
  });
  write("tokenizer_config.json", {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: SPECIAL[0],
    eos_token: SPECIAL[1],
  });
  write("chat_template.jinja", TEMPLATE);
  return folder;
}
