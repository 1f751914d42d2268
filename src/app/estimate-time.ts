import type { Config } from "../core/config/resolved.ts";
import { ApmError } from "../core/errors.ts";
import { canonicalJson } from "../core/hash.ts";
import type { System } from "../core/ports/system.ts";
import { sumOf } from "../statistics/descriptive.ts";
import { openProviders } from "./providers.ts";

/** How long a model that is run in the process computes for a whole run. */
export interface ModelTime {
  readonly model: string;
  readonly roles: readonly string[];
  /** Nothing where the speed could not be measured. */
  readonly seconds: number | null;
  readonly speed: {
    readonly threads: number;
    /** Tokens a second, all answers under way together. */
    readonly read: number;
    readonly written: number;
  } | null;
  /** Why there is no speed. */
  readonly reason?: string;
}

/** What a role reads and writes in a whole run. */
export interface RoleTokens {
  readonly role: keyof Config["models"] | "external";
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Measures how fast the models are that are run in the process, each for some seconds, and says how long a run's calls take
 * them. Models on servers take as long as their servers do.
 */
export async function estimateTime(
  system: System,
  config: Config,
  rows: readonly RoleTokens[],
): Promise<ModelTime[]> {
  const providers = await openProviders(system, config, []);
  // Roles that ask one checkpoint take turns.
  const asked = rows.flatMap((row) =>
    row.role === "external" ? [] : [{ row, settings: config.models[row.role] }],
  );
  const byPlace = Map.groupBy(asked, ({ settings: { provider, model, options } }) =>
    canonicalJson({ provider, model, options }),
  );
  const times: ModelTime[] = [];
  for (const [, uses] of byPlace) {
    const settings = (uses[0] as (typeof uses)[number]).settings;
    const measured = providers.speed(settings);
    if (measured === undefined) continue;
    const said = { model: `${settings.provider}:${settings.model}`, roles: uses.map(({ row }) => row.role) };
    try {
      const speed = await measured;
      const seconds =
        sumOf(uses, ({ row }) => row.inputTokens) / speed.read +
        sumOf(uses, ({ row }) => row.outputTokens) / speed.written;
      times.push({ ...said, seconds, speed });
    } catch (error) {
      if (!(error instanceof ApmError)) throw error;
      times.push({ ...said, seconds: null, speed: null, reason: error.message });
    }
  }
  await providers.close();
  return times;
}
