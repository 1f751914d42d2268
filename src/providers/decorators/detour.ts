import type { ModelRole } from "../../core/ports/language-model.ts";
import type { Store } from "../../core/ports/store.ts";

/** A call that is not stored, by what tells it from others. */
export interface UnstoredCall {
  /** Its content key. */
  readonly key: Uint8Array;
  readonly role: ModelRole | "embedder";
}

/**
 * Stands in the way of calls that are not stored, for answers that come in another way than from a server.
 * @param guarded makes the call with all that stands between a run and its provider
 * @param bare makes it by the provider alone
 */
export type Detour = <R>(call: UnstoredCall, guarded: () => Promise<R>, bare: () => Promise<R>) => Promise<R>;

/** A detour for the calls of a run whose store this is. */
export type DetourOf = (store: Pick<Store, "getArtifact" | "putArtifact">) => Detour;
