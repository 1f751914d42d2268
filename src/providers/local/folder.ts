import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { weightFiles } from "../../neural/checkpoint/weights.ts";
import { isGguf } from "../../neural/gguf/header.ts";

/** The checkpoint that comes with the package. */
const SHIPPED = { name: "tiny", folder: join("models", "tiny") };

/** Where a checkpoint stands: a folder in Hugging Face's layout, or one GGUF file. */
export interface CheckpointPlace {
  readonly layout: "folder" | "gguf";
  readonly path: string;
}

/**
 * Finds a checkpoint, seen from the working directory; `tiny` is the one of the package, unless a folder of that name
 * has a `config.json`.
 * @throws UsageError when there is none
 */
export function checkpointPlace(model: string, cwd: string): CheckpointPlace {
  const path = resolve(cwd, model);
  if (existsSync(join(path, "config.json"))) return { layout: "folder", path };
  if (existsSync(path) && statSync(path).isFile()) {
    if (isGguf(path)) return { layout: "gguf", path };
    throw new UsageError("the file is not a GGUF file", {
      where: path,
      remedy: "write local:<file> with a whole GGUF file, or local:<folder> with a checkpoint folder",
    });
  }
  if (model === SHIPPED.name) {
    // Sources and compiled files lie at different depths of the package.
    for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
      const shipped = join(at, SHIPPED.folder);
      if (existsSync(join(shipped, "config.json"))) return { layout: "folder", path: shipped };
    }
  }
  throw new UsageError(`there is no checkpoint "${model}"`, {
    where: path,
    remedy:
      "write local:<folder> with a folder in Hugging Face's layout (config.json, model.safetensors, tokenizer.json), " +
      "local:<file>.gguf, local:hf:OWNER/NAME, or local:tiny",
  });
}

/** Files beside the weights that can change an answer. */
const SMALL_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
];

/** Hashes by path, size and time of change: a checkpoint is read once for its hash. */
const known = new Map<string, string>();

/** A hash of everything in the folder that can change an answer: the same checkpoint has it anywhere. */
export function checkpointFingerprint(folder: string): string {
  const whole = createHash("sha256");
  for (const name of SMALL_FILES) {
    const path = join(folder, name);
    whole.update(`${name} ${existsSync(path) ? hashOf(path) : "none"}\n`);
  }
  for (const path of weightFiles(folder)) whole.update(`weights ${hashOf(path)}\n`);
  return whole.digest("hex").slice(0, 16);
}

/** Of one file: a GGUF file is the whole checkpoint. @param inBytes whether it is computed in bytes, which changes answers */
export function fileFingerprint(path: string, inBytes: boolean): string {
  return `${hashOf(path).slice(0, 16)}${inBytes ? "/8" : ""}`;
}

function hashOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  const key = `${path} ${size} ${mtimeMs}`;
  const found = known.get(key) ?? hashFile(path);
  known.set(key, found);
  return found;
}

function hashFile(path: string): string {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(1 << 22);
  const file = openSync(path, "r");
  try {
    for (let n = readSync(file, chunk); n > 0; n = readSync(file, chunk)) hash.update(chunk.subarray(0, n));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
