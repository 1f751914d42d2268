import { statSync } from "node:fs";
import { type EmbeddingRows, folderRows } from "../../neural/checkpoint/embedding-rows.ts";
import { weightFiles } from "../../neural/checkpoint/weights.ts";
import { hasBytes } from "../../neural/gguf/gguf-placed.ts";
import { ggufRows } from "../../neural/gguf/gguf-rows.ts";
import { ggufTokenizer } from "../../neural/gguf/gguf-tokenizer.ts";
import { readGgufHeader } from "../../neural/gguf/header.ts";
import { loadTokenizer, makeTokenizer, type TextTokenizer } from "../../neural/tokenizer.ts";
import { checkpointFingerprint, checkpointPlace, fileFingerprint } from "./folder.ts";
import { type HubCheckpoints, hubCheckpoint, isHubSpec } from "./hub-checkpoint.ts";

/** What turns texts into embeddings, of a checkpoint that need not be one that runs here. */
export interface EmbeddingSource {
  readonly rows: EmbeddingRows;
  readonly tokenizer: TextTokenizer;
  /**
   * A hash of all files that can change an answer, as adapters name the checkpoint that they belong to; `undefined` where it
   * would take minutes to read them.
   */
  fingerprint(): string | undefined;
}

/** More is not read for a hash alone. */
const MOST_HASHED = 4 * 2 ** 30;

/** @throws UsageError for files that are missing or cannot be read; ApmError of the hub */
export async function embeddingSource(
  model: string,
  cwd: string,
  hub: HubCheckpoints,
): Promise<EmbeddingSource> {
  const { layout, path } = isHubSpec(model)
    ? { layout: "folder", path: await hubCheckpoint(model, hub) }
    : checkpointPlace(model, cwd);
  const hashed = (files: readonly string[], hash: () => string) => (): string | undefined =>
    files.reduce((sum, file) => sum + statSync(file).size, 0) > MOST_HASHED ? undefined : hash();
  if (layout === "folder") {
    return {
      rows: folderRows(path),
      tokenizer: loadTokenizer(path),
      fingerprint: hashed(weightFiles(path), () => checkpointFingerprint(path)),
    };
  }
  const header = await readGgufHeader(path);
  return {
    rows: ggufRows(header),
    tokenizer: makeTokenizer(ggufTokenizer(header), path),
    fingerprint: hashed([path], () => fileFingerprint(path, hasBytes(header))),
  };
}
