import type { HttpClient } from "./http.ts";
import type { LanguageModel } from "./language-model.ts";

/** The number of the protocol (docs/trainer-protocol.md) that this version speaks. */
export const TRAINER_PROTOCOL = 1;

/** What is to be trained, as docs/trainer-protocol.md describes it. */
export interface TrainerRequest {
  readonly protocol: typeof TRAINER_PROTOCOL;
  readonly kind: "encoder-router" | "soft-prompt";
  readonly model: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** One training, under a name that stands for all that decides its result. */
export interface TrainerJob {
  /** 32 hexadecimal digits: a content key. */
  readonly key: string;
  readonly request: TrainerRequest;
  /** Files of an adapter to begin with, by name. */
  readonly initial?: ReadonlyMap<string, Uint8Array>;
}

/** What a trainer says of itself. */
export interface TrainerHealth {
  readonly version: string;
  readonly protocol: number;
  /** `cpu`, `cuda`, ...; `folder` for jobs that somebody else carries out. */
  readonly device: string;
  readonly deviceName?: string | undefined;
}

/** How far a job has come; what is not known yet is absent. */
export interface TrainerProgress {
  readonly state: "queued" | "running" | "done" | "failed";
  readonly phase?: string | undefined;
  readonly step?: number | undefined;
  readonly steps?: number | undefined;
  readonly epoch?: number | undefined;
  readonly trainLoss?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  readonly peakBytes?: number | undefined;
  readonly secondsLeft?: number | undefined;
  /** After each epoch; the untrained state is epoch 0. */
  readonly validation?: readonly {
    readonly epoch: number;
    readonly loss: number;
    readonly accuracy: number;
  }[];
}

/** A question to an adapted model. */
export interface TrainerQuestion {
  readonly id: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** The embedded history: base64 of little-endian 32-bit floats. */
  readonly embedded: string;
  /** Below 2^32. */
  readonly seed: number;
  readonly sampling: Readonly<Record<string, number>>;
  readonly maxTokens: number;
  readonly stop?: readonly string[];
}

export interface TrainerAnswer {
  readonly id: string;
  readonly text: string;
  readonly finishReason: "stop" | "length";
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Who trains what cannot be trained in the process: a server, or a folder in which somebody else carries out what is laid
 * there. Every failure is an ApmError that says what to do; nothing that was trained is lost by it.
 */
export interface Trainer {
  /** As configured: an http address, or `folder:PATH`. */
  readonly place: string;
  /** Whether it answers what is asked after training; a folder knows only what stood in its request. */
  readonly answersLater: boolean;
  /** @throws ApmError when nobody is there, the token is wrong, or it speaks another protocol */
  health(): Promise<TrainerHealth>;
  /**
   * Has a job done, or finds it done: goes on from where it stopped, whoever stopped it.
   * @param progress told whenever there is something new
   * @returns the result, as JSON
   * @throws ApmError when it fails, or nobody does it; the reason of the stop signal
   */
  train(job: TrainerJob, progress: (progress: TrainerProgress) => void): Promise<unknown>;
  /** Lays a job where it will be done, without waiting for it. */
  begin(job: TrainerJob): Promise<TrainerProgress["state"]>;
  /** Whether the job is done there. */
  has(key: string): Promise<boolean>;
  /** A file of a job's artifact. @throws ApmError when there is none */
  file(key: string, name: string): Promise<Uint8Array>;
  /** Answers of a trained soft-prompt job, in the order of the questions. */
  answers(key: string, questions: readonly TrainerQuestion[]): Promise<readonly TrainerAnswer[]>;
  /** Label probabilities of a trained encoder router, by user id. */
  probabilities(
    key: string,
    users: readonly { readonly id: string; readonly history: readonly string[] }[],
  ): Promise<ReadonlyMap<string, readonly number[]>>;
}

/** Opens the trainer at a place. @throws UsageError for a place that is neither an address nor a folder */
export type OpenTrainer = (place: string) => Trainer;

/** The base LLM as a trainer finds it, and as it answers there. */
export interface TrainableModel {
  /** `name` of a repository of the hub, or `path` of a checkpoint folder or GGUF file. */
  readonly model: Readonly<Record<string, string>>;
  /** Stands for its weights where these are at hand. */
  readonly fingerprint?: string;
  /** By the protocol's names; what is absent is as the trainer has it. */
  readonly sampling: Readonly<Record<string, number>>;
  /** Of an answer. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
}

/** What a checkpoint's prompts are made of, of whatever size it is. */
export interface PromptRows {
  readonly hiddenSize: number;
  /** Rows of the embedding matrix for messages in the checkpoint's chat template, one behind the other. */
  read(messages: readonly { readonly role: string; readonly content: string }[]): Float32Array;
}

/** The way to trainers, for methods. */
export interface Trainers {
  readonly open: OpenTrainer;
  /** `undefined` when the base LLM is nothing that can be trained, as the simulated one. */
  readonly base: TrainableModel | undefined;
  /** Reads from a checkpoint what prompts are made of. @throws UsageError when it cannot be read */
  promptRows(checkpoint: string): Promise<PromptRows>;
  /** For a server that answers in a trainer's place: without guards, which stand around the model that asks. */
  readonly http: HttpClient;
  /** Puts a model that a trainer answers for behind the run's store, meter and budget, in the place of the base LLM. */
  guard(model: LanguageModel, place: string): LanguageModel;
}
