import type { ModelConfig, PlacedModel } from "../core/config/model-schema.ts";
import type { EmbeddingModel } from "../core/ports/embedding-model.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import type { TrainableModel } from "../core/ports/trainer.ts";
import type { TunableModel } from "../neural/tunable.ts";
import type { EmbeddingProvider } from "./decorators/embedding.ts";
import type { Transport } from "./http/transport.ts";

/** What the models of one run have around them. */
export interface Surroundings {
  /** Where relative paths begin. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the run shall stop. */
  readonly stop: AbortSignal;
  /** The way to servers. */
  readonly transport: Transport;
  /** Something that several models of the run share, made when it is first asked for and closed with the run. */
  shared<T>(key: string, make: () => T, close: (it: T) => Promise<void>): T;
  /** Tells people at once, before anybody watches a run: of what is waited for. */
  say(words: string): void;
  /** Tells whoever watches the run; the same words are told once. */
  notice(words: string): void;
  /** A model that the user's configuration file defines. @throws UsageError when it is gone or another one */
  own(settings: ModelConfig): LanguageModel | EmbeddingModel;
}

/** Tokens a second of a model that is run in the process, all answers under way together. */
export interface MeasuredSpeed {
  readonly read: number;
  readonly written: number;
  readonly threads: number;
}

/** What a provider says of itself: all that the house knows of it. */
export interface Provider {
  /** As configurations name it, before the colon of `provider:model`. */
  readonly id: string;
  /** Its models cost no money: no price is asked for. */
  readonly free: boolean;
  /** Its requests can be written into files for a batch, and their answers come as files. */
  readonly batched?: boolean;
  /** Whether a model of these settings says the same however often it is asked; none of them when absent. */
  deterministic?(settings: ModelConfig): boolean;
  /** Its language models answer out of the simulated world: results are marked, calls need neither limits nor patience. */
  readonly simulated: boolean;
  /**
   * Reads what the other functions need at hand, before they are called with these settings.
   * @throws UsageError for settings that cannot work
   */
  prepare?(settings: ModelConfig, around: Surroundings): Promise<void>;
  /** @throws UsageError for settings that cannot work */
  chat(settings: PlacedModel, around: Surroundings): LanguageModel;
  /**
   * The same model as `chat` makes, where it is computed from settings and request alone.
   * @throws UsageError for settings that cannot work
   */
  computed?(settings: ModelConfig): LanguageModel;
  /**
   * One that states its usage gets store, meter, limits and patience; one that is a plain computation needs none.
   * @throws UsageError for settings that cannot work
   */
  embedder?(settings: PlacedModel, around: Surroundings): EmbeddingProvider | EmbeddingModel;
  /** Names of the models that the server of these settings says it has; nothing where it does not say. */
  served?(settings: PlacedModel, around: Surroundings): Promise<readonly string[] | undefined>;
  /**
   * The model of `settings` as something to train.
   * @param guard puts a model behind what stands between a run and its providers
   */
  tunable?(
    settings: ModelConfig,
    around: Surroundings,
    guard: (model: LanguageModel) => LanguageModel,
  ): TunableModel;
  /**
   * Where a trainer outside finds the model of `settings`, and how it answers; nothing where there are no weights.
   * @throws UsageError for settings that cannot work
   */
  trainable?(settings: ModelConfig, around: Surroundings): TrainableModel | undefined;
  /**
   * How fast a model of these settings is on this machine, measured for some seconds; none where a server computes.
   * @param inFlight calls that are made at the same time
   * @throws UsageError for settings that cannot work
   */
  speed?(settings: ModelConfig, around: Surroundings, inFlight: number): Promise<MeasuredSpeed>;
  /** Checks before anything is opened that there is such a model. @throws UsageError saying which there are */
  check?(role: "chat" | "judge" | "embedder", settings: ModelConfig): void;
  /** Checks that its models understand the name of a trait: real ones do. @throws UsageError naming those that are known */
  checkTrait?(name: string): void;
}
