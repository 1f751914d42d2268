import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { asyncBufferFromFile } from "hyparquet";
import { type Dispatcher, EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import { hubClient } from "../conversations/sources/hub.ts";
import type { SourcePorts } from "../conversations/sources/load.ts";
import type { System } from "../core/ports/system.ts";

/** The real disk and the real hub. HF_TOKEN, HF_ENDPOINT, APM_BENCH_CACHE and proxies are read from the environment. */
export function conversationPorts(system: System): SourcePorts {
  const { cwd, env } = system;
  return {
    files: {
      readFile: (path) => system.readFile(path),
      readLines: (path) => system.readLines(path),
      async openBytes(path) {
        if (!system.exists(path)) system.readFile(path);
        return asyncBufferFromFile(resolve(cwd, path));
      },
    },
    hub: hubClient({
      cacheDir: resolve(cwd, cacheFolder(env)),
      token: env.HF_TOKEN || undefined,
      endpoint: env.HF_ENDPOINT || undefined,
      fetch: stoppableFetch(system),
      note: (message) => system.stderr(`${message}\n`),
    }),
  };
}

/** Downloads survive a run: they belong into the user's cache, where the platform has it. */
function cacheFolder(env: System["env"]): string {
  if (env.APM_BENCH_CACHE) return env.APM_BENCH_CACHE;
  const caches =
    env.XDG_CACHE_HOME ||
    env.LOCALAPPDATA ||
    join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache");
  return join(caches, "apm-bench");
}

/** Ends with Ctrl-C, and goes through the proxy that the environment names. Types of undici and Node differ by version. */
function stoppableFetch({ env, stopSignal }: System): typeof fetch {
  let dispatcher: Dispatcher | undefined;
  return ((input: string, init: RequestInit = {}) => {
    dispatcher ??= new EnvHttpProxyAgent({
      httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? "",
      httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? "",
      noProxy: env.no_proxy ?? env.NO_PROXY ?? "",
    });
    const signal = init.signal ? AbortSignal.any([init.signal, stopSignal]) : stopSignal;
    return undiciFetch(input, { ...init, signal, dispatcher } as Parameters<typeof undiciFetch>[1]);
  }) as unknown as typeof fetch;
}
