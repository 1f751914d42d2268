import type { StoredCall } from "./store.ts";

/** An answer under its content key. */
export interface LoggedCall {
  /** 16 bytes. */
  readonly key: Uint8Array;
  readonly call: StoredCall;
}

/** What was derived, under its kind and content key. */
export interface LoggedArtifact {
  readonly kind: string;
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * What several machines have asked, together: of two answers to one request the first counts for all. Every method waits
 * while the log cannot be reached, and gives up after minutes.
 */
export interface CallLog {
  /**
   * Adds what the log does not have. Once it resolves, everything given is in the log, durably.
   * @returns the log's own answers where it had others already
   */
  appendCalls(calls: readonly LoggedCall[]): Promise<readonly LoggedCall[]>;
  /** The same of artifacts. */
  appendArtifacts(artifacts: readonly LoggedArtifact[]): Promise<readonly LoggedArtifact[]>;
  /**
   * Hands over what others have added since the last pull, a page at a time. Whatever was committed before the pull
   * began is among it, and nothing is passed over for ever; something may come twice.
   * @returns how many rows were damaged and left out
   */
  pull(take: (page: LogPage) => void): Promise<number>;
}

export interface LogPage {
  readonly calls: readonly LoggedCall[];
  readonly artifacts: readonly LoggedArtifact[];
}
