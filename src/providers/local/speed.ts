import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { LlamaConfig } from "../../neural/checkpoint/llama-config.ts";
import { checkSize, loadConfig } from "../../neural/checkpoint/weights.ts";
import { LOGIT_ROWS } from "../../neural/decoder/network.ts";
import { type PlacedModel, placeModel } from "../../neural/decoder/placed.ts";
import { madeUpWeights, measureSpeed } from "../../neural/decoder/speed.ts";
import { ggufConfig } from "../../neural/gguf/gguf-config.ts";
import { placeGguf } from "../../neural/gguf/gguf-placed.ts";
import { readGgufHeader } from "../../neural/gguf/header.ts";
import type { MeasuredSpeed, Surroundings } from "../provider.ts";
import { checkpointPlace } from "./folder.ts";
import { hubConfig, hubOf, isHubSpec } from "./hub-checkpoint.ts";
import { threadsOf } from "./settings.ts";

/**
 * How fast a checkpoint would be here, measured on a network of its shape: weights of the hub need not be loaded yet.
 * @param inFlight calls that a run makes at the same time
 * @throws UsageError for a checkpoint that cannot be run; ApmError of the hub
 */
export async function localSpeed(
  settings: ModelConfig,
  around: Surroundings,
  inFlight: number,
): Promise<MeasuredSpeed> {
  const threads = threadsOf(settings);
  const model = await networkOf(settings.model, around);
  const together = Math.max(1, Math.min(inFlight, LOGIT_ROWS * Math.max(1, threads)));
  return { ...(await measureSpeed(model, threads, together)), threads };
}

async function networkOf(model: string, around: Surroundings): Promise<PlacedModel> {
  if (isHubSpec(model)) return madeUp(await hubConfig(model, hubOf(around)));
  const { layout, path } = checkpointPlace(model, around.cwd);
  if (layout === "gguf") {
    const header = await readGgufHeader(path);
    return placeGguf(header, ggufConfig(header));
  }
  const config = loadConfig(path);
  checkSize(config, path);
  return madeUp(config);
}

const madeUp = (config: LlamaConfig): PlacedModel => placeModel(config, madeUpWeights(config));
