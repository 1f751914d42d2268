import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { floatsInNewMemory } from "../../numerics/wasm/shared-memory.ts";
import { type LlamaConfig, parseLlamaConfig, refusal } from "./llama-config.ts";
import { readSafetensorsHeader, readTensors, type Tensor, type TensorEntry } from "./safetensors.ts";

/** Tensors by their Hugging Face names; matrices are [out, in], row-major. */
export type Weights = ReadonlyMap<string, Tensor>;

/** More would take minutes an answer on a CPU, and more memory than a laptop has to spare. */
const MOST_BYTES = 2 * 2 ** 30;

export const WEIGHTS = "model.safetensors";
export const INDEX = "model.safetensors.index.json";

/** The tensors that a network needs, with their shapes. */
export function expectedTensors(config: LlamaConfig): Map<string, number[]> {
  const { hiddenSize: d, intermediateSize: f, vocabSize } = config;
  const q = config.heads * config.headDim;
  const kv = config.kvHeads * config.headDim;
  const shapes = new Map<string, number[]>([["model.embed_tokens.weight", [vocabSize, d]]]);
  for (let i = 0; i < config.layers; i++) {
    const add = (name: string, shape: number[]) => shapes.set(`model.layers.${i}.${name}`, shape);
    add("input_layernorm.weight", [d]);
    add("self_attn.q_proj.weight", [q, d]);
    add("self_attn.k_proj.weight", [kv, d]);
    add("self_attn.v_proj.weight", [kv, d]);
    add("self_attn.o_proj.weight", [d, q]);
    if (config.attentionBias) {
      add("self_attn.q_proj.bias", [q]);
      add("self_attn.k_proj.bias", [kv]);
      add("self_attn.v_proj.bias", [kv]);
    }
    add("post_attention_layernorm.weight", [d]);
    add("mlp.gate_proj.weight", [f, d]);
    add("mlp.up_proj.weight", [f, d]);
    add("mlp.down_proj.weight", [d, f]);
  }
  shapes.set("model.norm.weight", [d]);
  if (!config.tieEmbeddings) shapes.set("lm_head.weight", [vocabSize, d]);
  return shapes;
}

/** Number of parameters of a network. */
export function parameterCount(config: LlamaConfig): number {
  let count = 0;
  for (const shape of expectedTensors(config).values()) count += elementsOf(shape);
  return count;
}

/**
 * Reads `config.json`; the tokens that end an answer are those of `generation_config.json`, too, where chat models
 * name them.
 * @throws UsageError
 */
export function loadConfig(folder: string): LlamaConfig {
  const path = join(folder, "config.json");
  const config = parseLlamaConfig(readJson(path), path);
  const generation = join(folder, "generation_config.json");
  if (!existsSync(generation)) return config;
  const { eos_token_id: eos } = readJson(generation) as { eos_token_id?: unknown };
  const more = [eos].flat().filter((id): id is number => typeof id === "number");
  return { ...config, eosTokenIds: [...new Set([...config.eosTokenIds, ...more])] };
}

/**
 * Checks, without reading them, that a folder's weights are those of the network.
 * @throws UsageError naming what is missing, of another shape, too large, or foreign to the architecture
 */
export function checkWeights(folder: string, config: LlamaConfig): void {
  planOf(folder, config);
}

/**
 * Reads the weights of a checkpoint folder (one file or shards; F32, F16 or BF16) into one block of memory, which
 * worker threads can share.
 * @throws UsageError as `checkWeights`
 */
export function loadWeights(folder: string, config: LlamaConfig): Weights {
  const { shapes, located } = planOf(folder, config);
  const weights = placeTensors(shapes);
  const byFile = new Map<string, Map<string, Float32Array>>();
  for (const [name, { data }] of weights) {
    const { file } = located.get(name) as Located;
    const wanted = byFile.get(file) ?? new Map<string, Float32Array>();
    byFile.set(file, wanted.set(name, data));
  }
  for (const [file, wanted] of byFile) readTensors(file, wanted);
  return weights;
}

/** Room for tensors of these shapes, side by side in one block of memory that threads share. */
export function placeTensors(shapes: ReadonlyMap<string, readonly number[]>): Weights {
  const total = [...shapes.values()].reduce((sum, shape) => sum + elementsOf(shape), 0);
  const block = floatsInNewMemory(total);
  let at = 0;
  return new Map(
    [...shapes].map(([name, shape]) => [
      name,
      { shape, data: block.subarray(at, (at += elementsOf(shape))) },
    ]),
  );
}

/** Which tensors are to be read from where. */
function planOf(folder: string, config: LlamaConfig) {
  // A network that is too large is told before its shards are looked for.
  checkSize(config, folder);
  const located = locate(folder);
  return { shapes: checkTensors(located, config, folder), located };
}

/**
 * Checks that files hold the tensors of the network, and nothing else.
 * @param located the tensors by their Hugging Face names
 * @returns the shapes of all tensors that the network takes from them
 * @throws UsageError naming what is missing, of another shape, or foreign to the architecture
 */
export function checkTensors(
  located: ReadonlyMap<string, { readonly shape: readonly number[]; readonly file: string }>,
  config: LlamaConfig,
  where: string,
): Map<string, number[]> {
  const shapes = expectedTensors(config);
  for (const [name, shape] of optionalTensors(config)) if (located.has(name)) shapes.set(name, shape);
  check(shapes, located, config, where);
  return shapes;
}

/** @throws UsageError for a network that is too large to be run in the process with 32-bit floats */
export function checkSize(config: LlamaConfig, where: string): void {
  checkBytes(config, parameterCount(config) * 4, "as 32-bit floats", where);
}

/** @throws UsageError for a network whose weights take more than can be run in the process */
export function checkBytes(config: LlamaConfig, bytes: number, as: string, where: string): void {
  if (bytes <= MOST_BYTES) return;
  throw refusal(
    `${(parameterCount(config) / 1e9).toFixed(1)} thousand million parameters need ${gib(bytes)} GiB ${as}; at most ` +
      `${gib(MOST_BYTES)} GiB are run in the process`,
    where,
  );
}

/** The files that hold a checkpoint's weights: one, or its shards. @throws UsageError */
export function weightFiles(folder: string): string[] {
  const index = join(folder, INDEX);
  if (!existsSync(index)) return [join(folder, WEIGHTS)];
  const { weight_map: map } = readJson(index) as { weight_map?: Record<string, string> };
  if (map === undefined) throw new UsageError("the index has no weight_map", { where: index });
  const stranger = Object.values(map).find((name) => !/^[\w.-]+$/.test(name));
  if (stranger !== undefined) {
    throw new UsageError(`the index names "${stranger}", which is no file of the folder`, { where: index });
  }
  return [...new Set(Object.values(map))].sort().map((name) => join(folder, name));
}

/** @throws UsageError when the file cannot be read or is no JSON */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UsageError("the checkpoint is incomplete: a file cannot be read", {
      where: path,
      remedy: "point to a folder in Hugging Face's layout: config.json, model.safetensors, tokenizer.json",
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError("the file is not valid JSON", { where: path, cause });
  }
}

type Located = TensorEntry & { readonly file: string };

function locate(folder: string): Map<string, Located> {
  const located = new Map<string, Located>();
  for (const file of weightFiles(folder)) {
    for (const [name, entry] of readSafetensorsHeader(file).tensors) located.set(name, { ...entry, file });
  }
  return located;
}

/** Llama's own attention biases include one on the output projection, Qwen2's do not. */
function optionalTensors({ layers, attentionBias, hiddenSize }: LlamaConfig): Map<string, number[]> {
  if (!attentionBias) return new Map();
  return new Map(
    Array.from({ length: layers }, (_, i) => [`model.layers.${i}.self_attn.o_proj.bias`, [hiddenSize]]),
  );
}

function check(
  shapes: ReadonlyMap<string, number[]>,
  located: ReadonlyMap<string, { readonly shape: readonly number[]; readonly file: string }>,
  config: LlamaConfig,
  folder: string,
): void {
  for (const [name, shape] of shapes) {
    const found = located.get(name);
    if (found === undefined) {
      throw new UsageError(`the weights lack the tensor "${name}"`, {
        where: folder,
        remedy: "config.json and the weights must be of the same model",
      });
    }
    if (found.shape.join() !== shape.join()) {
      throw new UsageError(`"${name}" has shape [${found.shape}] where config.json means [${shape}]`, {
        where: found.file,
        remedy: "config.json and the weights must be of the same model",
      });
    }
  }
  for (const name of located.keys()) {
    const harmless =
      name.endsWith("rotary_emb.inv_freq") || (name === "lm_head.weight" && config.tieEmbeddings);
    if (!shapes.has(name) && !harmless) {
      throw refusal(`the tensor "${name}" is foreign to the architecture that config.json names`, folder);
    }
  }
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
