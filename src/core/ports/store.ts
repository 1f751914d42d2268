import type { FinishReason, TokenLogprob } from "./language-model.ts";

/** What is kept of a model call. Messages are not: they can be rendered again from the run record. */
export interface StoredCall {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoning?: string;
  readonly logprobs?: readonly TokenLogprob[];
}

/** What was paid for calls, or may have been. */
export interface Spending {
  readonly calls: number;
  /** US dollars. */
  readonly usd: number;
}

/** The account of all that is spent on behalf of one store; it lasts as long as the store. */
export interface Ledger {
  /** As the store holds it: what a process that was killed had held for calls in flight counts as spent. */
  spent(): Spending;
  /** Has the store ask for the sums whenever it makes something durable, and tell of them when they are. */
  follow(account: {
    /** What is spent, and what is held for calls in flight and such as are about to begin. */
    sums(): Sums;
    kept(sums: Sums): void;
  }): void;
}

export interface Sums {
  readonly spent: Spending;
  readonly held: Spending;
}

/**
 * Completed calls under their 16-byte content key, and small derived artifacts under a kind and a content key.
 * Look-ups are synchronous and see writes that are still buffered. Writes are buffered and become durable
 * together: at the end of the event-loop turn that made them, at 1,000 rows, or at `flush`. Once that has failed, a
 * look-up of what is not there throws as well, so that nothing further is asked and paid for.
 */
export interface Store {
  getCall(key: Uint8Array): StoredCall | undefined;
  putCall(key: Uint8Array, call: StoredCall): void;
  /** Puts an answer in the place of the one that is stored, if any: of two machines that asked, the first counts. */
  replaceCall(key: Uint8Array, call: StoredCall): void;
  /**
   * Puts calls that were packed elsewhere; such as are there already are left as they are. Stores that keep nothing on a disk
   * leave it out. Once this returns, they are durable and the bytes are the caller's again.
   * @param told of each call: the tag that it was packed with, and whether it is a new one
   * @param isGiven the bytes stay as they are: then the calls are written as those of `putCall` are
   */
  putPacked?(
    packed: Uint8Array,
    told: (tag: number, isNew: boolean, usage: Pick<StoredCall, "inputTokens" | "outputTokens">) => void,
    isGiven?: boolean,
  ): void;
  countCalls(): number;
  getArtifact(kind: string, key: Uint8Array): Uint8Array | undefined;
  putArtifact(kind: string, key: Uint8Array, bytes: Uint8Array): void;
  /** Calls and artifacts met so far that had changed since they were stored: they count as absent. */
  countDamaged(): number;
  readonly ledger: Ledger;
  /**
   * Resolves once all that was put so far is durable: an answer that was paid for is handed on only then, so that no
   * long work begins while it could still be lost. @throws as `flush`
   */
  kept(): Promise<void>;
  /** Makes everything durable. @throws ApmError when the disk refuses (full, read-only), or the store was deleted */
  flush(): void;
  close(): void;
}
