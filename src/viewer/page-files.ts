import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApmError } from "../core/errors.ts";

/** The page's own files by their path under the server's root. */
export interface PageFile {
  readonly type: "text/javascript" | "text/css";
  read(): string;
}

/** Modules of `src` that the page uses too: they import nothing at run time. */
const SHARED = ["src/report/format", "src/core/world-name"];

/** Packages of the page, by the name that its modules import them by. */
const PACKAGES: Readonly<Record<string, string>> = {
  preact: "preact",
  "preact/hooks": "preact/hooks",
  htm: "htm",
};

/**
 * Every file that the page may load: a closed list, made at start. In a checkout the TypeScript sources are served
 * with their types blanked out; the published package holds compiled modules.
 */
export function pageFiles(): {
  files: ReadonlyMap<string, PageFile>;
  entry: string;
  imports: Record<string, string>;
} {
  const here = dirname(fileURLToPath(import.meta.url));
  const isSource = import.meta.url.endsWith(".ts");
  const extension = isSource ? "ts" : "js";
  // src/viewer in a checkout, dist/src/viewer in the package: modules lie beside `src`, the style sheet at the root.
  const root = join(here, "..", "..");
  const packageRoot = isSource ? root : join(root, "..");
  const modules = readdirSync(join(root, "viewer"))
    .filter((name) => name.endsWith(`.${extension}`) && !/\.(test|d)\.ts$/.test(name))
    .map((name) => `viewer/${name}`);
  const files = new Map<string, PageFile>();
  for (const path of [...modules, ...SHARED.map((stem) => `${stem}.${extension}`)]) {
    const file = join(root, path);
    files.set(path, {
      type: "text/javascript",
      read: keptText(file, isSource ? withoutTypes : (path) => readFileSync(path, "utf8")),
    });
  }
  files.set("viewer/style.css", {
    type: "text/css",
    read: () => readFileSync(join(packageRoot, "viewer", "style.css"), "utf8"),
  });
  const imports: Record<string, string> = {};
  for (const [name, target] of Object.entries(PACKAGES)) {
    const path = `packages/${name.replaceAll("/", "-")}.js`;
    imports[name] = `./${path}`;
    const file = moduleFile(target);
    files.set(path, { type: "text/javascript", read: () => readFileSync(file, "utf8") });
  }
  return { files, entry: `viewer/main.${extension}`, imports };
}

/** A package's ES module for browsers. */
function moduleFile(name: string): string {
  const file = fileURLToPath(import.meta.resolve(name));
  if (existsSync(file)) return file;
  throw new ApmError(`the package "${name}" is not installed as expected`, {
    where: file,
    remedy: "run npm ci again",
  });
}

/** A file's text, read again when the file has changed. */
function keptText(file: string, read: (file: string) => string): () => string {
  let seen = Number.NaN;
  let text = "";
  return () => {
    const { mtimeMs } = statSync(file);
    if (mtimeMs !== seen) [seen, text] = [mtimeMs, read(file)];
    return text;
  };
}

function withoutTypes(file: string): string {
  // Node calls this interface experimental, and says so once a process: nothing that a user of the viewer can act on.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(readFileSync(file, "utf8"));
  } finally {
    process.emitWarning = emitWarning;
  }
}
