import { statfsSync } from "node:fs";
import type { Config } from "../core/config/resolved.ts";
import type { System } from "../core/ports/system.ts";
import { checkLimit } from "../judge/limit.ts";
import { createMethod } from "../methods/registry.ts";
import { usageMeter } from "../providers/decorators/metered.ts";
import { jsonClient } from "../providers/http/json-client.ts";
import { reachOf } from "../providers/http/reach.ts";
import { httpTransport } from "../providers/http/transport.ts";
import { memoryStore } from "../store/memory.ts";
import { type Check, failedCheck } from "./check.ts";
import { readInputs } from "./compose.ts";
import { checkModels } from "./model-checks.ts";
import { loadOwnMethods } from "./own-methods.ts";
import { openProviders } from "./providers.ts";
import { roleChecks } from "./role-checks.ts";

/**
 * Whether a run would start here: this machine, the configuration, its inputs, and every server with what the run will
 * ask it.
 * @param readConfig reads the configuration; a UsageError of it is one of the things found
 */
export async function runChecks(system: System, readConfig: () => Promise<Config>): Promise<Check[]> {
  return [nodeCheck(), diskCheck(system), ...(await configChecks(system, readConfig))];
}

function nodeCheck(): Check {
  const ok = Number(process.versions.node.split(".")[0]) >= 24;
  return {
    what: "Node.js",
    ok,
    found: process.versions.node,
    ...(ok ? {} : { remedy: "install Node.js 24 or later" }),
  };
}

/** A paper-scale run keeps some hundred megabytes of calls and samples. */
const WANTED_BYTES = 2e9;

function diskCheck(system: System): Check {
  const { bavail, bsize } = statfsSync(system.cwd);
  const free = bavail * bsize;
  const ok = free >= WANTED_BYTES;
  return {
    what: "disk space here",
    ok,
    found: `${(free / 1e9).toFixed(1)} GB free`,
    ...(ok ? {} : { remedy: "a paper-scale run wants 2 GB: make room, or use --out on another disk" }),
  };
}

async function configChecks(system: System, readConfig: () => Promise<Config>): Promise<Check[]> {
  const checks: Check[] = [];
  const notes: string[] = [];
  try {
    const config = await readConfig();
    checkModels(config);
    checks.push({ what: "configuration", ok: true, found: "valid" });
    const own = await loadOwnMethods(system, config.methods, []);
    const methods = config.methods.map((method, i) => createMethod(method, i, own));
    const { conversations } = await readInputs(system, config);
    checks.push({ what: "base conversations", ok: true, found: sourceOf(config) });
    const providers = await openProviders(system, config, Object.values(config.models));
    checkLimit(providers.bare(config.models.judge), config.judge);
    providers.listen((event) => {
      if (event.type === "note") notes.push(event.message);
    });
    const models = providers.guarded({ store: memoryStore(), meter: usageMeter() });
    checks.push(
      ...(await roleChecks(config, providers, models, methods, conversations, {
        reach: reachOf(system.env),
        http: jsonClient(system.env, httpTransport(system.env, system.stopSignal)),
      })),
    );
    await providers.close();
  } catch (error) {
    checks.push(failedCheck(checks.length === 0 ? "configuration" : "inputs", error));
  }
  return [...checks, ...notes.map((found) => ({ what: "learnt", ok: true, found }))];
}

function sourceOf({ conversations: { source } }: Config): string {
  return source === "builtin" ? "those of this package" : `${source} can be read`;
}
