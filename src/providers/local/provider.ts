import type { LanguageModel } from "../../core/ports/language-model.ts";
import type { TunableModel } from "../../neural/tunable.ts";
import type { EmbeddingProvider } from "../decorators/embedding.ts";
import type { Provider, Surroundings } from "../provider.ts";
import { localChatModel } from "./chat.ts";
import { type Checkpoint, openCheckpoint, withWeights } from "./checkpoint.ts";
import { localEmbedder } from "./embedder.ts";
import { checkpointFolder } from "./folder.ts";
import { type LocalSettings, threadsOf } from "./settings.ts";

/** Models of checkpoint folders, run in the process: docs/local-models.md. */
export const localProvider: Provider = {
  id: "local",
  free: true,
  simulated: false,
  deterministic: ({ temperature }) => temperature === 0,
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

/** Roles that use one folder share its weights and threads. @param cwd where relative folders begin */
export function createLocalProvider(cwd: string): LocalProvider {
  const opened = new Map<string, Checkpoint>();
  let adapted: Checkpoint | undefined;
  const checkpoint = (settings: LocalSettings): Checkpoint => {
    const threads = threadsOf(settings);
    const folder = checkpointFolder(settings.model, cwd);
    const key = `${threads} ${folder}`;
    const found = opened.get(key) ?? openCheckpoint(folder, threads);
    opened.set(key, found);
    return found;
  };
  return {
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
