import { UsageError } from "../../core/errors.ts";
import { readSafetensorsHeader, readTensorRows } from "./safetensors.ts";
import { weightFiles } from "./weights.ts";

/** The embedding matrix of a checkpoint of any size and architecture, of which single rows are read. */
export interface EmbeddingRows {
  /** Numbers of a row. */
  readonly hiddenSize: number;
  /** Rows of these tokens, one behind the other. @throws UsageError for a token that there is not */
  read(tokens: readonly number[]): Float32Array<ArrayBuffer>;
}

/** Its name, whatever the network around it is called: models that see images have another prefix. */
const EMBEDDINGS = /(^|\.)embed_tokens\.weight$/;

/** Of a folder in Hugging Face's layout. @throws UsageError when there is no such matrix */
export function folderRows(folder: string): EmbeddingRows {
  for (const path of weightFiles(folder)) {
    for (const [name, entry] of readSafetensorsHeader(path).tensors) {
      const [rows, hiddenSize] = entry.shape;
      if (!EMBEDDINGS.test(name) || entry.shape.length !== 2) continue;
      return {
        hiddenSize: hiddenSize as number,
        read(tokens) {
          refuseBeyond(tokens, rows as number, path);
          return readTensorRows(path, name, entry, tokens);
        },
      };
    }
  }
  throw new UsageError("the checkpoint has no embedding matrix (embed_tokens.weight)", {
    where: folder,
    remedy: "give the folder of the LLM that was trained",
  });
}

/** @throws UsageError for a token beyond the matrix: the tokenizer is another model's */
export function refuseBeyond(tokens: readonly number[], rows: number, where: string): void {
  const stranger = tokens.find((token) => token >= rows);
  if (stranger === undefined) return;
  throw new UsageError(
    `token ${stranger} of the tokenizer has no row among the ${rows} of the embedding matrix`,
    {
      where,
      remedy: "tokenizer.json and the weights must be of the same model",
    },
  );
}
