import type { PromptName } from "../core/prompt/prompts.ts";

/** The sizes of a run, from which a method tells what it will ask. */
export interface RunSizes {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly worlds: number;
  /** 2K. */
  readonly styles: number;
  /** Test users whose candidates the run does not make anyway: a styled answer to them must be paid for. */
  readonly unrated: number;
  /** h. */
  readonly historyLength: number;
  /** Train users, each counted once for every different set of targets that the run's worlds give them. */
  readonly trainViews: number;
}

/** One kind of request that a method makes in a whole run. */
export interface MethodCalls {
  /** Who is asked: the base LLM, the embedder (a request holds several texts), or a system outside. */
  readonly role: "base" | "embedder" | "external";
  /** Whose length tells that of the request. */
  readonly prompt?: PromptName;
  /** Tokens of a request where the method bounds them itself: a few users do not tell its length. */
  readonly inputTokens?: number;
  /** How often it is asked in all, stored answers included. */
  readonly asks: number;
  /** How many different requests there are: those that must be paid for. */
  readonly calls: number;
  /** Methods that name the same make the same requests, which are paid for once. */
  readonly sameAs?: string;
  /** Methods that name the same ask once for all of them (`MethodContext.memo`). */
  readonly memo?: string;
}

/** The `sameAs` of test users' answers in a style. */
export const STYLED_TEST_USERS = "styled answers to test users";

/**
 * What a method's answer to a test user is: the baseline's own answer, a candidate (one of 2K styles) that is asked for
 * once it is chosen (`styled`) or chosen among all that the method has asked for (`ranked`), one that is the same in every
 * world, or another one in each. It tells what base LLM and judge are asked for it.
 */
export type AnswerKind = "plain" | "styled" | "ranked" | "same" | "anew";
