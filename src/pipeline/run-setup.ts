import type { ConversationSource } from "../catalog/conversations.ts";
import type { ImportedUser } from "../conversations/imported.ts";
import type { Config } from "../core/config/resolved.ts";
import type { Observer } from "../core/events.ts";
import type { Gauge } from "../core/gauge.ts";
import type { EmbeddingModel } from "../core/ports/embedding-model.ts";
import type { HttpClient } from "../core/ports/http.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { Store } from "../core/ports/store.ts";
import type { Sample, UserRecord } from "../core/run-record.ts";
import type { MethodContext } from "../methods/method.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { Mapping } from "../world/mapping.ts";
import type { Crew } from "./crew.ts";
import type { FrozenUsers, RecordedAnswers } from "./prepared.ts";

/** Everything a run needs from outside: ports and inputs that were read and checked before it began. */
export interface RunSetup {
  readonly config: Config;
  /** Those of the configuration, in its order. */
  readonly methods: readonly ConfiguredMethod[];
  readonly models: Readonly<Record<ModelRole, LanguageModel>>;
  readonly embedder: EmbeddingModel;
  readonly http: HttpClient;
  /** The base LLM as something to train, when its weights are at hand. */
  readonly tunable?: MethodContext["tunable"];
  /** The way to trainers; without it methods that need one end the run. */
  readonly trainers?: MethodContext["trainers"];
  readonly store: Store;
  /** Base conversations; the two halves share none. */
  readonly conversations: { readonly train: ConversationSource; readonly test: ConversationSource };
  /** The matrix of `mapping.file`. */
  readonly matrix?: Mapping;
  /** Users of `users.testFile`, who take the place of simulated test users. */
  readonly imported?: readonly ImportedUser[];
  /** Users of a frozen set, who take the place of all that would be made. */
  readonly frozen?: FrozenUsers;
  /** Methods whose answers were given before: they are neither fitted nor asked, only scored. */
  readonly recorded?: RecordedAnswers;
  /** Threads that make users beside this one, where that is quicker. */
  readonly crew?: Crew;
  readonly observe: Observer;
  /** Told of each score of a weighted judge that is held to the scale: `Gauge.weighed`. */
  readonly weighed?: Gauge["weighed"];
  /** Told of each rewrite that ran on: `Gauge.ended`. */
  readonly ended?: Gauge["ended"];
  /** Told how many answered asks of a role were in vain. */
  repeated?(role: ModelRole, asks: number): void;
  /**
   * Told which roles the stage that now begins may ask, in runs that go stage by stage: no other is asked until it is told
   * again, so that a machine may give its place to them.
   */
  enter?(roles: readonly (ModelRole | "embedder")[]): Promise<void>;
  readonly sink: RunSink;
}

/** Where per-sample records go while they come into being, so that no run holds them all. */
export interface RunSink {
  user(record: UserRecord): void;
  sample(record: Sample): void;
  /** A file that a method made; `path` is seen from the run directory. Runs that keep no such files leave it out. */
  file?(path: string, bytes: Uint8Array): void;
}
