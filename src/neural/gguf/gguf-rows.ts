import { closeSync, openSync } from "node:fs";
import { UsageError } from "../../core/errors.ts";
import { type EmbeddingRows, refuseBeyond } from "../checkpoint/embedding-rows.ts";
import type { GgufHeader } from "./header.ts";
import { bytesOfRow, formatOf, readRows } from "./rows.ts";

const EMBEDDINGS = "token_embd.weight";

/** Single rows of a GGUF file's embedding matrix. @throws UsageError when there is none, or in a format that is not read */
export function ggufRows({ path, tensors }: Pick<GgufHeader, "path" | "tensors">): EmbeddingRows {
  const tensor = tensors.get(EMBEDDINGS);
  const [rows, hiddenSize] = tensor?.shape ?? [];
  if (tensor === undefined || rows === undefined || hiddenSize === undefined) {
    throw new UsageError(`the file has no tensor ${EMBEDDINGS}`, {
      where: path,
      remedy: "give the file of an LLM",
    });
  }
  const format = formatOf(EMBEDDINGS, tensor, path);
  return {
    hiddenSize,
    read(tokens) {
      refuseBeyond(tokens, rows, path);
      const all = new Float32Array(tokens.length * hiddenSize);
      const fd = openSync(path, "r");
      try {
        for (const [i, token] of tokens.entries()) {
          const begin = tensor.begin + token * bytesOfRow(tensor, format);
          const row = { ...tensor, shape: [1, hiddenSize], begin };
          readRows(fd, path, row, format, (values) => all.set(values, i * hiddenSize));
        }
      } finally {
        closeSync(fd);
      }
      return all;
    },
  };
}
