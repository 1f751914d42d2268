import type { Store } from "../core/ports/store.ts";
import type { StoredCalls } from "./stored-calls.ts";

/** A store that also finds what another one holds. Nothing of it is copied, and what is put goes into the first alone. */
export function layeredStore(own: Store, below: StoredCalls): Store {
  return {
    ...own,
    getCall: (key) => own.getCall(key) ?? below.getCall(key),
    getArtifact: (kind, key) => own.getArtifact(kind, key) ?? below.getArtifact(kind, key),
  };
}
