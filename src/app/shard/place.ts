import { join, resolve } from "node:path";
import type { Config } from "../../core/config/resolved.ts";
import type { Spending } from "../../core/ports/store.ts";
import type { System } from "../../core/ports/system.ts";
import type { Shard, ShardStage } from "../../pipeline/units/shard.ts";
import { folderOfStore, RUN_FILES } from "../../run-folder/run-directory.ts";
import { layeredStore } from "../../store/layered.ts";
import { openStoredCalls, type StoredCalls } from "../../store/stored-calls.ts";
import { openWorkplace, type Workplace } from "../workplace.ts";

/** The directory of a shard that is given none: beside the run's, and named after the shard. */
export function shardDirectory(out: string, stage: ShardStage, { index, of }: Shard): string {
  if (of === 1) return out;
  const width = String(of).length;
  const named = stage === "users" ? "shard" : stage;
  return `${out}-${named}-${String(index).padStart(width, "0")}-of-${of}`;
}

/**
 * Opens a shard's own directory, which it alone writes into. What the run's directory has stored is found there, too, and
 * not copied. The budget is the shard's part of what the run's leaves.
 * @throws UsageError when another process holds the directory; ApmError for a store that cannot be used
 */
export function openShardPlace(system: System, config: Config, dir: string, shard: Shard): Workplace {
  const file = resolve(system.cwd, folderOfStore(config.out, system.exists), RUN_FILES.store);
  const isOwn = file === resolve(system.cwd, join(dir, RUN_FILES.store));
  if (isOwn || !system.exists(file)) return openWorkplace(system, dir, budgetOf(config, undefined, shard));
  const below: StoredCalls = openStoredCalls(file);
  try {
    const place = openWorkplace(system, dir, budgetOf(config, below.spent(), shard));
    return {
      ...place,
      store: layeredStore(place.store, below),
      close() {
        below.close();
        place.close();
      },
    };
  } catch (error) {
    below.close();
    throw error;
  }
}

/** A shard's part of a budget, of which something is spent already. */
function budgetOf(
  { budget: { calls, usd, ...rest } }: Pick<Config, "budget">,
  spent: Spending | undefined,
  { index, of }: Shard,
): Config["budget"] {
  const left = calls === undefined ? 0 : Math.max(0, calls - (spent?.calls ?? 0));
  return {
    ...rest,
    ...(calls === undefined
      ? {}
      : { calls: Math.floor((left * index) / of) - Math.floor((left * (index - 1)) / of) }),
    ...(usd === undefined ? {} : { usd: Math.max(0, usd - (spent?.usd ?? 0)) / of }),
  };
}
