import type { z } from "zod";
import type { OracleUser, StyleLabel, TestUser, TrainUser } from "../core/artifacts.ts";
import type { ClassifierFit } from "../core/classifier-record.ts";
import type { MethodAbout } from "../core/method-about.ts";
import type { EmbeddingModel } from "../core/ports/embedding-model.ts";
import type { HttpClient } from "../core/ports/http.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import type { Store } from "../core/ports/store.ts";
import type { Trainers } from "../core/ports/trainer.ts";
import type { Key } from "../core/random.ts";
import type { TunableModel } from "../neural/tunable.ts";
import type { AnswerKind, MethodCalls, RunSizes } from "./calls.ts";

/** An answer to a test user's prompt; `text` is `null` when the model gave none. */
export interface Answer {
  readonly text: string | null;
  /** The style that was chosen, where the method chooses one. */
  readonly label?: StyleLabel;
  /**
   * What the method expects of all 2K styles, in the labels' order; `null` where it does not know. Larger is better, the
   * scale is its own. Where test users' candidates are rated, their order is held against the ratings.
   */
  readonly predicted?: readonly (number | null)[];
}

/** What a method works with, besides users. */
export interface MethodContext {
  readonly base: LanguageModel;
  readonly embedder: EmbeddingModel;
  /** The 2K style labels, in the order of a train user's candidates. */
  readonly labels: readonly StyleLabel[];
  /** The method's own key in this world. */
  readonly key: Key;
  /** How many model calls may be asked for at once. */
  readonly concurrency: number;
  /** Small results of fitting, kept under a content key, so that a second run need not fit again. */
  readonly artifacts: Pick<Store, "getArtifact" | "putArtifact">;
  /** Computes once what depends on the users' texts alone and is therefore the same in every world. */
  memo<T>(name: string, compute: () => T): T;
  /** For systems outside. */
  readonly http: HttpClient;
  /** The base LLM as something to train, when its weights are at hand. */
  readonly tunable?: TunableModel | undefined;
  /** The way to trainers outside of the process. */
  readonly trainers?: Trainers | undefined;
  /** Keeps files for people and other tools, in a folder of this method and world. */
  keep(files: ReadonlyMap<string, Uint8Array>): void;
  /** Keeps what fitting found (a chosen penalty, an accuracy on validation users), by name, for the run record. */
  learned(facts: Readonly<Record<string, number>>): void;
  /** Keeps how a classifier of styles was fitted, for the run record; its accuracy on test users is for others to find. */
  classified?(record: ClassifierFit): void;
  /** Tells whoever watches the run. */
  note(message: string): void;
}

/** A method that has learned what it can in one world, and answers. */
export interface FittedMethod {
  /** Told who will be asked, before anybody is: for methods that are quicker at once than one by one. */
  expect?(users: readonly TestUser[]): Promise<void>;
  /**
   * Lays down what somebody else has to carry out, without waiting for it: for methods that say so (`Method.trainedBy`).
   */
  layDown?(users: readonly TestUser[]): Promise<void>;
  answer(user: TestUser): Promise<Answer>;
}

/** A system outside that a method depends on, for whoever wants to know before a run whether it is there. */
export interface OutsideSystem {
  readonly server: string;
  /**
   * Asks it for one answer, or whether it is there.
   * @returns what came of it, in words @throws ApmError when nothing can
   */
  probe(
    ways: { readonly http: HttpClient; readonly trainers?: Trainers | undefined },
    user: TestUser,
  ): Promise<string>;
}

/** A personalization method: learns from train users' histories and rewards, answers from history and prompt. */
export interface Method {
  readonly kind: "method";
  readonly outside?: OutsideSystem;
  /**
   * Fitting computes from the users alone, asks nobody, and keeps what it finds as artifacts: done before in another thread,
   * it is found there.
   */
  readonly fitsAlone?: boolean;
  /**
   * Who trains it, where that is not this process: a server, or somebody who carries out what is laid into a folder, between
   * two starts of a run; that is laid down for all worlds at once.
   */
  readonly trainedBy?: "server" | "folder";
  fit(
    train: readonly TrainUser[],
    validation: readonly TrainUser[],
    context: MethodContext,
  ): Promise<FittedMethod>;
}

/** The upper bound: it alone sees the test user's own rewards. */
export interface Oracle {
  readonly kind: "oracle";
  answer(user: OracleUser, context: MethodContext): Promise<Answer>;
}

/** Where the base LLM is trained: in the process, whose provider must have its weights, or by a trainer that has to find them. */
export type Tunes = "here" | "outside";

/** What a method says of itself; nobody else says it. One file a method exports one, and the registry lists it. */
export interface MethodDescription<Id extends string, Options extends z.ZodObject> extends MethodAbout {
  readonly id: Id;
  /** Raised whenever what it learns or answers from the same users changes. */
  readonly version: string;
  /** Whether it learns from train users' rewards; without such a method no train user is made. */
  readonly learns: boolean | ((options: z.output<Options>) => boolean);
  /** Whether it trains the base LLM, whose weights must then be at hand. */
  readonly tunes?: (options: z.output<Options>) => Tunes | undefined;
  readonly options: Options;
  readonly answers: AnswerKind | ((options: z.output<Options>) => AnswerKind);
  /** What it asks in a run, but for styled answers and what the judge is asked: those follow from `answers`. */
  calls(sizes: RunSizes, options: z.output<Options>): MethodCalls[];
  create(options: z.output<Options>): Method | Oracle;
}

/** Checks a description by its type; returns it unchanged. */
export const describeMethod = <const Id extends string, Options extends z.ZodObject>(
  description: MethodDescription<Id, Options>,
): MethodDescription<Id, Options> => description;
