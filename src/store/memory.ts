import type { Ledger, Store, StoredCall } from "../core/ports/store.ts";
import { keyText } from "./key.ts";

/** A store that lasts as long as the process: for tests, and for runs that shall leave nothing behind. */
export function memoryStore(): Store {
  const calls = new Map<string, StoredCall>();
  const artifacts = new Map<string, Uint8Array>();
  let account: Parameters<Ledger["follow"]>[0] | undefined;
  return {
    getCall: (key) => calls.get(keyText(key)),
    putCall(key, call) {
      const id = keyText(key);
      if (!calls.has(id)) calls.set(id, call);
    },
    replaceCall(key, call) {
      calls.set(keyText(key), call);
    },
    countCalls: () => calls.size,
    getArtifact: (kind, key) => artifacts.get(keyText(key) + kind)?.slice(),
    putArtifact(kind, key, bytes) {
      artifacts.set(keyText(key) + kind, bytes.slice());
    },
    countDamaged: () => 0,
    ledger: {
      spent: () => account?.sums().spent ?? { calls: 0, usd: 0 },
      follow(next) {
        account = next;
      },
    },
    kept: () => Promise.resolve(),
    flush() {
      if (account !== undefined) account.kept(account.sums());
    },
    close() {},
  };
}
