import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { UsageError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";

/**
 * What a `.ts` or `.js` configuration file exports by default, objects and functions included.
 * @throws UsageError when it cannot be loaded, or exports nothing
 */
export async function importDefault(system: System, path: string): Promise<unknown> {
  system.readFile(path);
  const file = pathToFileURL(resolve(system.cwd, path)).href;
  const own = new URL(import.meta.url.endsWith(".ts") ? "../index.ts" : "../index.js", import.meta.url).href;
  // `import { defineConfig } from "apm-bench"` works wherever the configuration lies, installed there or not.
  const hooks = registerHooks({
    resolve: (specifier, hookContext, next) =>
      specifier === "apm-bench" ? { url: own, shortCircuit: true } : next(specifier, hookContext),
    // A package of type "commonjs", which `npm init` makes, has its .ts and .js files loaded as scripts otherwise.
    load: (url, hookContext, next) =>
      next(url, url === file ? { ...hookContext, format: formatOf(path) } : hookContext),
  });
  try {
    const module = (await import(file)) as { default?: unknown };
    if (module.default === undefined) {
      throw new UsageError("the configuration file exports nothing by default", {
        where: path,
        remedy: "write `export default defineConfig({ ... })`",
      });
    }
    return module.default;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the configuration file could not be loaded: ${(error as Error).message}`, {
      where: placeOf(error, system, path),
      remedy: "correct the file; `apm-bench init` writes one that works",
      cause: error,
    });
  } finally {
    hooks.deregister();
  }
}

/** File and line of what went wrong, where the error or another look at the file tells them; else the file. */
function placeOf(error: unknown, { cwd }: System, path: string): string {
  const { stack = "" } = error as Error;
  // At the head of a stack, before the line that is wrong, or as the place of the first call.
  const places = stack.matchAll(/(file:\/\/\S+?):(\d+)/g);
  const [, url, line] = places.find(([, place]) => place !== import.meta.url) ?? [];
  if (url !== undefined) return `${relative(cwd, fileURLToPath(url)) || path}:${line}`;
  if (!(error instanceof SyntaxError)) return path;
  // Of a script's syntax errors only the parser's own report has the line.
  const check = spawnSync(process.execPath, ["--input-type=module", "--check", "-"], {
    input: readFileSync(resolve(cwd, path)),
    encoding: "utf8",
  });
  const found = /^\[stdin\]:(\d+)$/m.exec(check.stderr)?.[1];
  return found === undefined ? path : `${path}:${found}`;
}

/** As ES modules, whatever the package says: the file has a default export. */
function formatOf(path: string): "module" | "module-typescript" {
  return /\.[mc]?ts$/.test(path) ? "module-typescript" : "module";
}
