/** Exit codes of the command line (a contract with scripts). */
export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ErrorDetails {
  /** Where it happened: file and line, configuration path, or model and request. */
  readonly where?: string;
  /** What the user can do about it, as an instruction. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** Every error that is meant for the user's eyes: what happened, where, what to do. */
export class ApmError extends Error {
  readonly where: string | undefined;
  readonly remedy: string | undefined;
  readonly exitCode: ExitCode = EXIT.failed;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.where = details.where;
    this.remedy = details.remedy;
  }
}

/** Wrong configuration, arguments or input files: nothing was started and nothing was touched. */
export class UsageError extends ApmError {
  override readonly exitCode: ExitCode = EXIT.usage;
}

/** A deliberate, resumable stop: a budget or a threshold was reached. */
export class StoppedError extends ApmError {
  override readonly exitCode: ExitCode = EXIT.stopped;
}

/**
 * What a failed model call means for the run.
 * - `fatal`: no call of this model can succeed (wrong key, wrong model name, no server): the run ends.
 * - `request`: this request cannot be served (too long, refused): its result is missing, the run goes on.
 * - `transient`: worth another try (connection lost, 408, 409, 429, 5xx); ends the run when patience is used up.
 */
export type ProviderFailure = "fatal" | "request" | "transient";

interface ProviderDetails extends ErrorDetails {
  readonly failure: ProviderFailure;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly isAbsent?: boolean | undefined;
  readonly isFinal?: boolean | undefined;
  readonly tries?: number | undefined;
  readonly isInner?: boolean | undefined;
  readonly words?: string | undefined;
  readonly refuses?: Refusal | undefined;
}

/** What of a request a server will not take, where the request can be put otherwise. */
export type Refusal =
  | { readonly what: "system-message" }
  | { readonly what: "constraint" }
  | { readonly what: "alternatives"; readonly most: number };

/** A model call that failed. */
export class ProviderError extends ApmError {
  readonly failure: ProviderFailure;
  /** Of the server's answer; `undefined` when none came. */
  readonly status: number | undefined;
  /** The server's own wish, when it stated one. */
  readonly retryAfterMs: number | undefined;
  /** Nobody answers at this address. */
  readonly isAbsent: boolean;
  /** Patience is used up. */
  readonly isFinal: boolean;
  /** How often this very request is worth asking; `undefined` where the trouble is the server's. */
  readonly tries: number | undefined;
  /** Reported inside an answer with a status of success: the server itself is there. */
  readonly isInner: boolean;
  /** The failure in a few words, for a line of progress. */
  readonly words: string;
  readonly refuses: Refusal | undefined;

  constructor(message: string, details: ProviderDetails) {
    super(message, details);
    this.failure = details.failure;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.isAbsent = details.isAbsent ?? false;
    this.isFinal = details.isFinal ?? false;
    this.tries = details.tries;
    this.isInner = details.isInner ?? false;
    this.words = details.words ?? message;
    this.refuses = details.refuses;
  }

  get isRetryable(): boolean {
    return this.failure === "transient" && !this.isFinal;
  }
}
