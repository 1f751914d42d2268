import { contentKey, fingerprint } from "../../core/hash.ts";
import type { EpochMeasures } from "../../neural/training/checkpoint.ts";
import { trainInThread } from "../../neural/training/in-thread.ts";
import type { EncodedPair } from "../../neural/training/pairs.ts";
import type { TrainingJob, TrainingProgress } from "../../neural/training/train.ts";
import type { TunableModel } from "../../neural/tunable.ts";
import type { MethodContext } from "../method.ts";
import { TRAINING_VERSION } from "./version.ts";

const KINDS = { adapter: "adapter", training: "adapter-training" } as const;

/** A trained adapter, flat, with a name that stands for all its numbers. */
export interface NamedAdapter {
  readonly adapter: Float32Array;
  readonly name: string;
}

/**
 * The adapter of a job: from the store when the same job was done before, else trained, going on from the last
 * checkpoint in the store.
 */
export async function storedAdapter(
  job: TrainingJob,
  tunable: TunableModel,
  { artifacts, note }: Pick<MethodContext, "artifacts" | "note">,
): Promise<NamedAdapter> {
  const key = jobKey(job, tunable.fingerprint);
  const stored = artifacts.getArtifact(KINDS.adapter, key);
  if (stored !== undefined) return named(stored);
  const resume = artifacts.getArtifact(KINDS.training, key);
  note(
    `prompt optimization: ${job.train.length} pairs to train on, ${job.validation.length} to validate` +
      (resume === undefined ? "" : "; going on from the last checkpoint"),
  );
  const { adapter, bestEpoch } = await trainInThread(job, {
    threads: tunable.threads,
    stop: tunable.stop,
    resume,
    progress: (progress) => note(progressLine(progress)),
    epoch: (measures) => note(epochLine(measures)),
    checkpoint: (state) => artifacts.putArtifact(KINDS.training, key, state),
  });
  note(`prompt optimization: the adapter of epoch ${bestEpoch} is used`);
  const bytes = new Uint8Array(adapter.buffer, adapter.byteOffset, adapter.byteLength);
  artifacts.putArtifact(KINDS.adapter, key, bytes);
  return named(bytes);
}

function named(bytes: Uint8Array): NamedAdapter {
  // A store may hand out bytes that do not begin at a multiple of four.
  const own = bytes.slice();
  return {
    adapter: new Float32Array(own.buffer),
    name: fingerprint(Buffer.from(own).toString("latin1"), 32),
  };
}

/** Everything that decides the adapter. */
function jobKey({ spec, options, key, train, validation }: TrainingJob, base: string): Uint8Array {
  const pair = ({ embedded, prompt, chosen, rejected }: EncodedPair) => [
    [...embedded],
    prompt,
    chosen,
    rejected,
  ];
  const content = [TRAINING_VERSION, base, spec, options, key, train.map(pair), validation.map(pair)];
  return contentKey(JSON.stringify(content));
}

function progressLine(progress: TrainingProgress): string {
  const { epoch, step, steps, loss, accuracy, tokensPerSecond, secondsLeft } = progress;
  return [
    `prompt optimization: step ${step}/${steps} (epoch ${epoch})`,
    `${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`,
    `about ${Math.ceil(secondsLeft)} s left`,
    `loss ${loss.toFixed(3)}`,
    `accuracy ${percent(accuracy)}`,
  ].join(" · ");
}

function epochLine(measures: EpochMeasures): string {
  const { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy } = measures;
  const part = (of: string, loss: number | null, accuracy: number | null): string[] =>
    loss === null ? [] : [`${of} loss ${loss.toFixed(4)}, accuracy ${percent(accuracy ?? 0)}`];
  return [
    epoch === 0 ? "prompt optimization: untrained" : `prompt optimization: epoch ${epoch}`,
    ...part("train", trainLoss, trainAccuracy),
    ...part("validation", validationLoss, validationAccuracy),
  ].join(" · ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
