import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { GGUFParseOutput } from "@huggingface/gguf";
import { UsageError } from "../../core/errors.ts";
import { refusal } from "../checkpoint/llama-config.ts";

/** What a file says of itself, by the names of GGUF's specification (`general.architecture`, `tokenizer.ggml.tokens`). */
export type Metadata = Readonly<Record<string, unknown>>;

/** Where a tensor stands in its file. */
export interface GgufTensor {
  /** As the format names it: `F16`, `Q4_K`. */
  readonly type: string;
  /** Rows first, as everywhere here; the file itself has the row length first. */
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly begin: number;
}

export interface GgufHeader {
  readonly path: string;
  readonly fileBytes: number;
  readonly metadata: Metadata;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

const MAGIC = "GGUF";

/** Whether a file begins as GGUF files do, whatever its name: Ollama keeps them under their hashes. */
export function isGguf(path: string): boolean {
  const fd = openSync(path, "r");
  try {
    const first = Buffer.alloc(MAGIC.length);
    return (
      fstatSync(fd).isFile() && readSync(fd, first) === MAGIC.length && first.toString("latin1") === MAGIC
    );
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads the header of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @throws UsageError for a file that is cut short, not of the format, or one part of several
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  const { gguf, GGMLQuantizationType } = await import("@huggingface/gguf");
  let parsed: GGUFParseOutput;
  try {
    parsed = await gguf(path, { allowLocalFile: true });
  } catch (cause) {
    throw new UsageError(`the GGUF file cannot be read: ${(cause as Error).message}`, {
      where: path,
      remedy: "fetch the file again, whole",
      cause,
    });
  }
  const { metadata, tensorInfos, tensorDataOffset, littleEndian } = parsed;
  if (!littleEndian) throw refusal("GGUF files for big-endian machines are not read", path);
  const parts = Number(metadata["split.count" as keyof typeof metadata] ?? 1);
  if (parts > 1) {
    throw refusal(`the file is one of ${parts} parts (llama-gguf-split --merge joins them)`, path);
  }
  const begin = Number(tensorDataOffset);
  const tensors = tensorInfos.map(({ name, shape, dtype, offset }): [string, GgufTensor] => [
    name,
    {
      type: GGMLQuantizationType[dtype] ?? `type ${dtype}`,
      shape: shape.map(Number).reverse(),
      begin: begin + Number(offset),
    },
  ]);
  return {
    path,
    fileBytes: sizeOf(path),
    metadata: metadata as object as Metadata,
    tensors: new Map(tensors),
  };
}

function sizeOf(path: string): number {
  const fd = openSync(path, "r");
  try {
    return fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}
