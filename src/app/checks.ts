import { statfsSync } from "node:fs";
import type { Config } from "../core/config/resolved.ts";
import { ApmError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { checkLimit } from "../judge/limit.ts";
import { usageMeter } from "../providers/decorators/metered.ts";
import { memoryStore } from "../store/memory.ts";
import { readInputs } from "./compose.ts";
import { checkModels } from "./model-checks.ts";
import { openProviders } from "./providers.ts";

export interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
}

/**
 * Whether a run would start here: this machine, the configuration, and each model with one short question.
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
  try {
    const config = await readConfig();
    await readInputs(system, config);
    checkModels(config);
    const providers = await openProviders(system, config, Object.values(config.models));
    checkLimit(providers.bare(config.models.judge), config.judge);
    const shared = { store: memoryStore(), meter: usageMeter() };
    const embedder = providers.guarded(shared).embedder(config.models.embedder);
    const checks: Check[] = [{ what: "configuration", ok: true, found: "valid" }];
    for (const role of ["base", "candidate", "rewriter", "judge"] as const) {
      const model = providers.bare(config.models[role]);
      checks.push(
        await attempt(`${role} ${model.id}`, async () => {
          if (model.simulated) return "simulated, ready";
          const { text } = await model.generate({
            messages: [{ role: "user", content: "Say OK." }],
            sample: 0,
            maxTokens: 256,
          });
          return `answers (${text.trim().slice(0, 20)})`;
        }),
      );
    }
    checks.push(
      await attempt(`embedder ${embedder.id}`, async () => {
        const [vector] = await embedder.embed(["Any text."]);
        return `answers (${vector?.length} numbers a text)`;
      }),
    );
    await providers.close();
    return checks;
  } catch (error) {
    return [failed("configuration", error)];
  }
}

async function attempt(what: string, task: () => Promise<string>): Promise<Check> {
  try {
    return { what, ok: true, found: await task() };
  } catch (error) {
    return failed(what, error);
  }
}

function failed(what: string, error: unknown): Check {
  if (!(error instanceof ApmError)) throw error;
  const found = error.where === undefined ? error.message : `${error.message} (${error.where})`;
  return { what, ok: false, found, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}
