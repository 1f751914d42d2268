import type { LanguageModel } from "../../core/ports/language-model.ts";
import type { TrainableModel } from "../../core/ports/trainer.ts";
import type { TunableModel } from "../../neural/tunable.ts";
import type { EmbeddingProvider } from "../decorators/embedding.ts";
import type { Provider, Surroundings } from "../provider.ts";
import { localChatModel } from "./chat.ts";
import { type Checkpoint, openCheckpoint, withWeights } from "./checkpoint.ts";
import { localEmbedder } from "./embedder.ts";
import { checkpointPlace } from "./folder.ts";
import { type HubCheckpoints, hubOf, isHubSpec } from "./hub-checkpoint.ts";
import { type LocalSettings, MOST_TOKENS, samplingOf, threadsOf } from "./settings.ts";
import { type CheckpointSource, checkpointSource, folderSource } from "./source.ts";
import { localSpeed } from "./speed.ts";

/** Models of checkpoint folders, GGUF files and the hub, run in the process: docs/local-models.md. */
export const localProvider: Provider = {
  id: "local",
  free: true,
  simulated: false,
  deterministic: ({ temperature }) => temperature === 0,
  prepare: (settings, around) => checkpointsOf(around).prepare(settings),
  chat: (settings, around) => checkpointsOf(around).model(settings),
  embedder: (settings, around) => checkpointsOf(around).embedder(settings),
  speed: localSpeed,
  trainable: (settings, around) => checkpointsOf(around).trainable(settings),
  tunable: (settings, around, guard) => checkpointsOf(around).tunable(settings, guard, around.stop),
};

const checkpointsOf = (around: Surroundings): LocalProvider =>
  around.shared(
    localProvider.id,
    () => createLocalProvider(around.cwd, hubOf(around)),
    (opened) => opened.close(),
  );

export interface LocalProvider {
  /**
   * Finds a checkpoint and reads what is small of it: for GGUF files and those of the hub before anything else.
   * @throws UsageError as `model`; ApmError of the hub
   */
  prepare(settings: LocalSettings): Promise<void>;
  /** @throws UsageError for a checkpoint that is missing, incomplete, of another architecture or too large */
  model(settings: LocalSettings): LanguageModel;
  /**
   * The model of `settings` as something to train.
   * @param guard puts a model behind what stands between a run and its providers
   * @throws UsageError as `model`
   */
  tunable(
    settings: LocalSettings,
    guard: (model: LanguageModel) => LanguageModel,
    stop: AbortSignal,
  ): TunableModel;
  /** Where a trainer on this machine finds it, and how it answers. @throws UsageError as `model` */
  trainable(settings: LocalSettings): TrainableModel;
  /** @throws UsageError as `model` */
  embedder(settings: LocalSettings): EmbeddingProvider;
  /** Ends all threads. */
  close(): Promise<void>;
}

/**
 * Roles that use one checkpoint share its weights and threads.
 * @param cwd where relative paths begin
 * @param hub the way to the Hugging Face hub; none in tests that need none
 */
export function createLocalProvider(cwd: string, hub?: HubCheckpoints): LocalProvider {
  const opened = new Map<string, Checkpoint>();
  const prepared = new Map<string, CheckpointSource>();
  let adapted: Checkpoint | undefined;
  const checkpoint = (settings: LocalSettings): Checkpoint => {
    const threads = threadsOf(settings);
    const source = prepared.get(settings.model) ?? folderSource(checkpointPlace(settings.model, cwd).path);
    prepared.set(settings.model, source);
    const key = `${threads} ${source.path}`;
    const found = opened.get(key) ?? openCheckpoint(source, threads);
    opened.set(key, found);
    return found;
  };
  return {
    async prepare({ model }) {
      if (!prepared.has(model)) prepared.set(model, await checkpointSource(model, cwd, hub));
    },
    model: (settings) => localChatModel(checkpoint(settings), settings),
    tunable(settings, guard, stop) {
      const one = checkpoint(settings);
      const { fingerprint, config, tokenizer, weights } = one;
      const threads = threadsOf(settings);
      return {
        name: settings.model,
        fingerprint,
        config,
        tokenizer,
        weights,
        threads,
        stop,
        adapted(changed, name, sampling) {
          const own = withWeights(one, changed, threads);
          return {
            prompted(rows) {
              // One adapted model at a time has threads; an earlier one gets them again when it is asked again.
              if (adapted !== own) void adapted?.close();
              adapted = own;
              return guard(localChatModel(own, { ...settings, ...sampling }, { weights: name, rows }));
            },
          };
        },
      };
    },
    trainable(settings) {
      const { fingerprint, generation, path } = checkpoint(settings);
      const { model, stop = [], maxTokens = MOST_TOKENS } = settings;
      return {
        model: (isHubSpec(model) ? { name: model.slice("hf:".length) } : { path }) as Record<string, string>,
        fingerprint,
        sampling: { ...samplingOf(settings, generation) },
        maxTokens,
        stop,
      };
    },
    embedder: (settings) => localEmbedder(checkpoint(settings), settings),
    async close() {
      await Promise.all([...opened.values(), adapted].map((one) => one?.close()));
    },
  };
}
