import type { DatabaseSync } from "node:sqlite";
import { artifactSum } from "./row-sum.ts";

export interface NewArtifact {
  readonly kind: string;
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
}

/** The table of artifacts; a damaged one counts as absent, so it is made again. Transactions are the caller's. */
export interface ArtifactsTable {
  get(kind: string, key: Uint8Array): Uint8Array | undefined;
  put(artifact: NewArtifact): void;
  /** Damaged artifacts that were met so far, each once. */
  readonly damaged: number;
}

export function artifactsTable(db: DatabaseSync): ArtifactsTable {
  const select = db.prepare("SELECT bytes, sum FROM artifacts WHERE kind = ? AND key = ?");
  const insert = db.prepare("INSERT OR REPLACE INTO artifacts VALUES (?, ?, ?, ?)");
  select.setReturnArrays(true);
  const bad = new Set<string>();
  return {
    get(kind, key) {
      const row = select.get(kind, key) as unknown as [Uint8Array, number] | undefined;
      if (row === undefined) return undefined;
      const [bytes, sum] = row;
      if (bytes instanceof Uint8Array && sum === artifactSum(kind, key, bytes)) return bytes;
      bad.add(`${kind} ${Buffer.from(key).toString("hex")}`);
      return undefined;
    },
    put: ({ kind, key, bytes }) => void insert.run(kind, key, bytes, artifactSum(kind, key, bytes)),
    get damaged() {
      return bad.size;
    },
  };
}
