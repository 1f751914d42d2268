import { homedir } from "node:os";
import { join } from "node:path";

/** Downloads survive a run: they belong into the user's cache, where the platform has it, or into `APM_BENCH_CACHE`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.APM_BENCH_CACHE) return env.APM_BENCH_CACHE;
  const caches =
    env.XDG_CACHE_HOME ||
    env.LOCALAPPDATA ||
    join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache");
  return join(caches, "apm-bench");
}

/** Where the hub is, and as whom it is asked: `HF_ENDPOINT` and `HF_TOKEN`. */
export function hubEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly token: string | undefined;
  readonly endpoint: string | undefined;
} {
  return { token: env.HF_TOKEN || undefined, endpoint: env.HF_ENDPOINT || undefined };
}
