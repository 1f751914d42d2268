import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { canonicalJson } from "../core/hash.ts";
import { parseJson } from "../core/json-file.ts";
import type { System } from "../core/ports/system.ts";
import { commitmentOf, hiddenWorld } from "../world/hidden.ts";
import { hashOf } from "./hash-file.ts";
import {
  bundleId,
  checkedManifest,
  LONGEST_MANIFEST,
  MANIFEST,
  type Manifest,
  TABLES,
  tableFile,
} from "./manifest.ts";
import type { OpenBundle } from "./read-users.ts";

/**
 * Reads the manifest of a frozen set.
 * @param path its folder, or the manifest in it
 * @throws UsageError when there is none, or it has another form
 */
export function openBundle(system: System, path: string): OpenBundle {
  const folder = path.endsWith(MANIFEST) ? path.slice(0, -MANIFEST.length).replace(/\/$/, "") || "." : path;
  const file = join(folder, MANIFEST);
  if (!system.exists(file)) {
    throw new UsageError("there is no frozen set in this folder", {
      where: path,
      remedy: "give a folder that `apm-bench data freeze` wrote, or hf:OWNER/NAME",
    });
  }
  const reader = system.openFile(file);
  const { byteLength } = reader;
  reader.close();
  if (byteLength > LONGEST_MANIFEST) throw new UsageError("this manifest is too long", { where: file });
  const manifest: Manifest = checkedManifest(parseJson(system, file), file);
  checkHidden(manifest, file);
  return { folder, manifest, id: bundleId(manifest) };
}

/** @throws UsageError when hidden worlds are not those that were committed to */
function checkHidden({ hidden, worlds = [], config }: Manifest, where: string): void {
  if (hidden?.bits === undefined) return;
  const { commitments, bits } = hidden;
  const { kind, k: stacked } = config.mapping;
  const k = config.pool.principles.length;
  const isKept = bits.every((own, i) => {
    if (commitmentOf(own) !== commitments[i] || kind === "file") return false;
    return canonicalJson(hiddenWorld(own, kind, k, i + 1, stacked)) === canonicalJson(worlds[i]);
  });
  if (isKept && bits.length === commitments.length && worlds.length === bits.length) return;
  throw new UsageError("the worlds of this set are not those whose commitments were published", {
    where,
    remedy: "ask those who published the set",
  });
}

/**
 * Checks every table of a set against the hash in its manifest: one changed rating is noticed.
 * @throws UsageError naming the file that was changed
 */
export function checkTables(system: System, { folder, manifest }: OpenBundle): void {
  for (const name of TABLES) {
    const expected = manifest.files[name];
    if (expected === undefined) continue;
    const path = join(folder, tableFile(name));
    const { sha256, bytes } = hashOf(system, path);
    if (sha256 === expected.sha256 && bytes === expected.bytes) continue;
    throw new UsageError("this table is not the one that was frozen: its contents have changed", {
      where: path,
      remedy: `its SHA-256 should be ${expected.sha256}: fetch the set again, or ask those who published it`,
    });
  }
}
