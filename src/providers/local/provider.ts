import type { LanguageModel } from "../../core/ports/language-model.ts";
import type { TunableModel } from "../../neural/tunable.ts";
import type { EmbeddingProvider } from "../decorators/embedding.ts";
import type { Provider, Surroundings } from "../provider.ts";
import { localChatModel } from "./chat.ts";
import { type Checkpoint, openCheckpoint, withWeights } from "./checkpoint.ts";
import { localEmbedder } from "./embedder.ts";
import { checkpointPlace } from "./folder.ts";
import { type LocalSettings, threadsOf } from "./settings.ts";
import { type CheckpointSource, folderSource, ggufSource } from "./source.ts";

/** Models of checkpoint folders and GGUF files, run in the process: docs/local-models.md. */
export const localProvider: Provider = {
  id: "local",
  free: true,
  simulated: false,
  deterministic: ({ temperature }) => temperature === 0,
  prepare: (settings, around) => checkpointsOf(around).prepare(settings),
  chat: (settings, around) => checkpointsOf(around).model(settings),
  embedder: (settings, around) => checkpointsOf(around).embedder(settings),
  tunable: (settings, around, guard) => checkpointsOf(around).tunable(settings, guard, around.stop),
};

const checkpointsOf = ({ cwd, shared }: Surroundings): LocalProvider =>
  shared(
    localProvider.id,
    () => createLocalProvider(cwd),
    (opened) => opened.close(),
  );

export interface LocalProvider {
  /** Reads what stands at the beginning of a GGUF file, before anything is made of it. @throws UsageError as `model` */
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
  /** @throws UsageError as `model` */
  embedder(settings: LocalSettings): EmbeddingProvider;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** Roles that use one checkpoint share its weights and threads. @param cwd where relative paths begin */
export function createLocalProvider(cwd: string): LocalProvider {
  const opened = new Map<string, Checkpoint>();
  const prepared = new Map<string, CheckpointSource>();
  let adapted: Checkpoint | undefined;
  const checkpoint = (settings: LocalSettings): Checkpoint => {
    const threads = threadsOf(settings);
    const { layout, path } = checkpointPlace(settings.model, cwd);
    const key = `${threads} ${path}`;
    const sourceOf = (): CheckpointSource => {
      const source = prepared.get(path) ?? (layout === "folder" ? folderSource(path) : undefined);
      if (source === undefined) throw new Error(`${path} was not prepared`);
      return source;
    };
    const found = opened.get(key) ?? openCheckpoint(sourceOf(), threads);
    opened.set(key, found);
    return found;
  };
  return {
    async prepare({ model }) {
      const { layout, path } = checkpointPlace(model, cwd);
      if (layout === "gguf" && !prepared.has(path)) prepared.set(path, await ggufSource(path));
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
        adapted(changed, name) {
          const own = withWeights(one, changed, threads);
          return {
            prompted(rows) {
              // One adapted model at a time has threads; an earlier one gets them again when it is asked again.
              if (adapted !== own) void adapted?.close();
              adapted = own;
              return guard(localChatModel(own, settings, { weights: name, rows }));
            },
          };
        },
      };
    },
    embedder: (settings) => localEmbedder(checkpoint(settings), settings),
    async close() {
      await Promise.all([...opened.values(), adapted].map((one) => one?.close()));
    },
  };
}
