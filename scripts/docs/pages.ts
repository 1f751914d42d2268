import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** README and the pages in docs/. */
export function pages(): string[] {
  const docs = join(root, "docs");
  const names = readdirSync(docs).filter((name) => name.endsWith(".md"));
  return [join(root, "README.md"), ...names.sort().map((name) => join(docs, name))];
}

/** Folders whose files decide what comes out of a command. */
const SOURCES = ["src", "catalog", "prompts", "presets", "models", "scripts/docs"];

/** A fingerprint of all that decides what a part makes. */
export function sourceState(): string {
  const hash = createHash("sha256");
  for (const folder of SOURCES)
    for (const path of filesIn(join(root, folder)))
      hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Files of results below a folder, which a continued command would take for finished work. */
export function resultsIn(folder: string): string[] {
  return filesIn(folder).filter((path) => /\/(?:results|sweep|robustness|audit|bias)\.json$/.test(path));
}
