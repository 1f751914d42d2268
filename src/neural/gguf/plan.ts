import { UsageError } from "../../core/errors.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { checkTensors } from "../checkpoint/weights.ts";
import type { BlockFormat } from "./blocks.ts";
import type { GgufHeader, GgufTensor } from "./header.ts";
import { bytesOfRow, formatOf, rowsOf } from "./rows.ts";

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
/** Factors of rotary frequencies, which are no parameters. */
export const ROPE_FACTORS = "rope_freqs.weight";

/** A tensor of the network in its file. */
export interface Located extends GgufTensor {
  readonly file: string;
  /** Its name in the file. */
  readonly own: string;
  readonly format: BlockFormat;
  /** Whether its heads' rows stand as llama.cpp rotates them: i, i + headDim / 2, i + 1, ... */
  readonly isPaired: boolean;
}

/** The tensors of the network by their Hugging Face names, as far as the file has them in formats that can be read. */
export function locate({ tensors, path, fileBytes, metadata }: GgufHeader): Map<string, Located> {
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
    const isPaired = /attn_[qk]\./.test(own) && metadata["general.architecture"] !== "qwen2";
    located.set(usualName(own), { ...tensor, file: path, own, format, isPaired });
  }
  return located;
}

/**
 * What is to be read from where.
 * @throws UsageError naming what is missing, of another shape or format, or foreign to the architecture
 */
export function planOf(header: GgufHeader, config: LlamaConfig) {
  const located = locate(header);
  return { shapes: checkTensors(located, config, header.path), located };
}

/** A tensor's name in Hugging Face's layout. */
function usualName(own: string): string {
  const [, layer, part = "", kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(own) ?? [];
  const inLayer = IN_LAYER[part];
  return OUTSIDE[own] ?? (inLayer === undefined ? own : `model.layers.${layer}.${inLayer}.${kind}`);
}

/** Where a row of a tensor's belongs, heads rotated as everywhere here. */
export function usualRow(row: number, { isPaired }: Located, { headDim }: LlamaConfig): number {
  if (!isPaired) return row;
  const inHead = row % headDim;
  return row - inHead + (inHead >> 1) + (inHead & 1) * (headDim / 2);
}
