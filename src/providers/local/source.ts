import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LlamaConfig } from "../../neural/checkpoint/llama-config.ts";
import {
  checkWeights,
  loadConfig,
  loadWeights,
  readJson,
  type Weights,
} from "../../neural/checkpoint/weights.ts";
import type { PlacedModel } from "../../neural/decoder/placed.ts";
import { ggufConfig } from "../../neural/gguf/gguf-config.ts";
import { checkGgufWeights, hasBytes, placeGguf } from "../../neural/gguf/gguf-placed.ts";
import { ggufSampling } from "../../neural/gguf/gguf-sampling.ts";
import { ggufTokenizer } from "../../neural/gguf/gguf-tokenizer.ts";
import { ggufRopeFactors, loadGgufWeights } from "../../neural/gguf/gguf-weights.ts";
import { readGgufHeader } from "../../neural/gguf/header.ts";
import { loadTokenizer, makeTokenizer, type TextTokenizer } from "../../neural/tokenizer.ts";
import { checkpointFingerprint, checkpointPlace, fileFingerprint } from "./folder.ts";
import { type HubCheckpoints, hubCheckpoint, isHubSpec } from "./hub-checkpoint.ts";

/** What a checkpoint's files hold, whatever their layout. */
export interface CheckpointSource {
  /** Folder or file. */
  readonly path: string;
  /** A hash of everything that can change an answer. */
  readonly fingerprint: string;
  readonly config: LlamaConfig;
  readonly tokenizer: TextTokenizer;
  /** How it is meant to be sampled, by the names of a `generation_config.json`. */
  readonly generation: Readonly<Record<string, unknown>>;
  /** Reads the weights as floats. @throws UsageError when they cannot be read, or are too large as such */
  readWeights(): Weights;
  /** Reads them for decoding, where that is in another form than floats. @throws UsageError when they cannot be read */
  place?(): PlacedModel;
}

/**
 * What stands at `model`: a folder or GGUF file seen from `cwd`, or a checkpoint of the hub, loaded where it is not yet.
 * @throws UsageError for files that are missing, of another architecture, or too large; ApmError of the hub
 */
export async function checkpointSource(
  model: string,
  cwd: string,
  hub: HubCheckpoints | undefined,
): Promise<CheckpointSource> {
  if (isHubSpec(model)) {
    if (hub === undefined) throw new Error(`there is no way to the hub for ${model}`);
    return folderSource(await hubCheckpoint(model, hub));
  }
  const { layout, path } = checkpointPlace(model, cwd);
  return layout === "folder" ? folderSource(path) : ggufSource(path);
}

/** A folder in Hugging Face's layout. @throws UsageError as `checkpointSource` */
export function folderSource(folder: string): CheckpointSource {
  const config = loadConfig(folder);
  checkWeights(folder, config);
  const generation = join(folder, "generation_config.json");
  return {
    path: folder,
    fingerprint: checkpointFingerprint(folder),
    config,
    tokenizer: loadTokenizer(folder),
    generation: (existsSync(generation) ? readJson(generation) : {}) as Record<string, unknown>,
    readWeights: () => loadWeights(folder, config),
  };
}

/** A GGUF file. @throws UsageError as `checkpointSource` */
async function ggufSource(path: string): Promise<CheckpointSource> {
  const header = await readGgufHeader(path);
  const plain = ggufConfig(header);
  checkGgufWeights(header, plain);
  const inBytes = hasBytes(header);
  const factors = ggufRopeFactors(header);
  const config = factors === undefined ? plain : { ...plain, ropeFactors: [...factors] };
  return {
    path,
    fingerprint: fileFingerprint(path, inBytes),
    config,
    tokenizer: makeTokenizer(ggufTokenizer(header), path),
    generation: ggufSampling(header.metadata),
    readWeights: () => loadGgufWeights(header, config),
    ...(inBytes ? { place: () => placeGguf(header, config) } : {}),
  };
}
