import { closeSync, openSync, readSync } from "node:fs";
import { UsageError } from "../../core/errors.ts";
import { type LlamaConfig, refusal } from "../checkpoint/llama-config.ts";
import { checkTensors, placeTensors, type Weights } from "../checkpoint/weights.ts";
import { BLOCK_FORMATS, type BlockFormat } from "./blocks.ts";
import type { GgufHeader, GgufTensor } from "./header.ts";

/** Read at a time, about. */
const CHUNK_BYTES = 1 << 20;

const OUTSIDE: Readonly<Record<string, string>> = {
  "token_embd.weight": "model.embed_tokens.weight",
  "output_norm.weight": "model.norm.weight",
  "output.weight": "lm_head.weight",
};
const IN_LAYER: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_output: "self_attn.o_proj",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
};
/** Factors of rotary frequencies, which are no parameters: `ggufRopeFactors` reads them. */
const ROPE_FACTORS = "rope_freqs.weight";

/**
 * Checks, without reading them, that a file's weights are those of the network, and in formats that can be read.
 * @throws UsageError naming what is missing, of another shape or format, too large, or foreign to the architecture
 */
export function checkGgufWeights(header: GgufHeader, config: LlamaConfig): void {
  planOf(header, config);
}

/** Reads the weights of a GGUF file as 32-bit floats. @throws UsageError as `checkGgufWeights` */
export function loadGgufWeights(header: GgufHeader, config: LlamaConfig): Weights {
  const { shapes, located } = planOf(header, config);
  const weights = placeTensors(shapes);
  const fd = openSync(header.path, "r");
  try {
    for (const [name, { data }] of weights)
      readTensor(fd, header, located.get(name) as Located, data, config);
  } finally {
    closeSync(fd);
  }
  return weights;
}

/** What each rotated pair's frequency is divided by, where the file lists it (Llama 3.1 and later). */
export function ggufRopeFactors(header: GgufHeader): Float32Array | undefined {
  const tensor = header.tensors.get(ROPE_FACTORS);
  if (tensor === undefined) return undefined;
  const factors = new Float32Array(tensor.shape.reduce((a, b) => a * b, 1));
  const format = formatOf(ROPE_FACTORS, tensor, header.path);
  const fd = openSync(header.path, "r");
  try {
    readRows(fd, header.path, { ...tensor, shape: [1, factors.length] }, format, (row) => factors.set(row));
  } finally {
    closeSync(fd);
  }
  return factors;
}

type Located = GgufTensor & { readonly file: string; readonly own: string };

function planOf({ tensors, path, fileBytes }: GgufHeader, config: LlamaConfig) {
  const located = new Map<string, Located>();
  for (const [own, tensor] of tensors) {
    if (own === ROPE_FACTORS) continue;
    const format = formatOf(own, tensor, path);
    const rowBytes = bytesOfRow(tensor, format);
    if (!Number.isInteger(rowBytes)) {
      throw new UsageError(`"${own}" of shape [${tensor.shape}] cannot be stored as ${tensor.type}`, {
        where: path,
      });
    }
    if (tensor.begin + rowBytes * rowsOf(tensor) > fileBytes) {
      throw new UsageError(`"${own}" ends beyond the file, which was cut short`, {
        where: path,
        remedy: "fetch the file again, whole",
      });
    }
    located.set(usualName(own), { ...tensor, file: path, own });
  }
  return { shapes: checkTensors(located, config, path), located };
}

function formatOf(name: string, { type }: GgufTensor, path: string): BlockFormat {
  const format = BLOCK_FORMATS[type];
  if (format !== undefined) return format;
  const known = Object.keys(BLOCK_FORMATS).join(", ");
  throw refusal(`"${name}" is stored as ${type}; ${known} can be read`, path);
}

/** A tensor's name in Hugging Face's layout. */
function usualName(own: string): string {
  const [, layer, part = "", kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(own) ?? [];
  const inLayer = IN_LAYER[part];
  return OUTSIDE[own] ?? (inLayer === undefined ? own : `model.layers.${layer}.${inLayer}.${kind}`);
}

/** Reads one tensor into its place, with the rows of rotated heads in their usual order. */
function readTensor(
  fd: number,
  { metadata, path }: GgufHeader,
  tensor: Located,
  target: Float32Array,
  config: LlamaConfig,
): void {
  const format = formatOf(tensor.own, tensor, path);
  // llama.cpp rotates neighbours in networks of Llama's kind: their heads' rows stand i, i + headDim / 2, i + 1, ...
  const isPaired = /attn_[qk]\./.test(tensor.own) && metadata["general.architecture"] !== "qwen2";
  const { headDim } = config;
  const usualRow = (row: number): number => {
    const inHead = row % headDim;
    return row - inHead + (inHead >> 1) + (inHead & 1) * (headDim / 2);
  };
  if (isPaired && tensor.shape.length === 1) {
    readRows(fd, path, tensor, format, (values) => {
      for (const [i, value] of values.entries()) target[usualRow(i)] = value;
    });
    return;
  }
  const width = tensor.shape.at(-1) as number;
  readRows(fd, path, tensor, format, (values, row) => {
    target.set(values, (isPaired ? usualRow(row) : row) * width);
  });
}

/** @param take handed each row in turn, valid until the next */
function readRows(
  fd: number,
  path: string,
  tensor: GgufTensor,
  format: BlockFormat,
  take: (values: Float32Array, row: number) => void,
): void {
  const rows = rowsOf(tensor);
  const rowBytes = bytesOfRow(tensor, format);
  const together = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
  const bytes = new Uint8Array(together * rowBytes);
  const from = { bytes, signed: new Int8Array(bytes.buffer), halves: new Float16Array(bytes.buffer) };
  const values = new Float32Array(tensor.shape.at(-1) as number);
  for (let first = 0; first < rows; first += together) {
    const count = Math.min(together, rows - first);
    fill(fd, path, bytes.subarray(0, count * rowBytes), tensor.begin + first * rowBytes);
    for (let r = 0; r < count; r++) {
      let at = r * rowBytes;
      for (let to = 0; to < values.length; to += format.size, at += format.bytes) {
        format.read(from, at, values, to);
      }
      take(values, first + r);
    }
  }
}

function rowsOf({ shape }: GgufTensor): number {
  return shape.slice(0, -1).reduce((product, n) => product * n, 1);
}

function bytesOfRow({ shape }: GgufTensor, { size, bytes }: BlockFormat): number {
  return ((shape.at(-1) ?? 0) / size) * bytes;
}

function fill(fd: number, path: string, bytes: Uint8Array, begin: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(fd, bytes, done, bytes.length - done, begin + done);
    if (count === 0) throw new UsageError("the file ended while it was read", { where: path });
    done += count;
  }
}
