import type { ModelConfig } from "../core/config/model-schema.ts";
import type { Config } from "../core/config/resolved.ts";
import type { Observer } from "../core/events.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { Store } from "../core/ports/store.ts";
import type { System } from "../core/ports/system.ts";
import type { UsageRow } from "../core/run-record.ts";
import type { LiveTotals } from "../core/watch.ts";
import { type UsageCounter, usageMeter } from "../providers/decorators/metered.ts";
import { type Models, openProviders, type Providers } from "./providers.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** A directory that is held, and models whose calls are stored in it. */
export interface OpenModels {
  /** Models by their settings: all behind one store, meter and budget. */
  readonly models: Models;
  readonly store: Store;
  usage(): UsageRow[];
  /** Counts calls of a model in a role that were made elsewhere. */
  counter(role: ModelRole, model: LanguageModel): UsageCounter;
  /** Counts answered asks of a model as repeats, once it is known that they were in vain. */
  repeated(role: ModelRole, model: LanguageModel, asks: number): void;
  totals(): LiveTotals;
  /** Sends what servers make known to whoever watches. */
  listen(observe: Observer): void;
  /** Waits for calls in flight, so that what is already paid for is stored. */
  drain(): Promise<void>;
  /** Lets go of the directory at once; resolves when servers that were started have ended. */
  close(): Promise<void>;
}

/**
 * Models in a directory of their own, without users, methods or worlds.
 * @param wanted settings of all models that will be asked for
 * @throws UsageError for a directory that another run holds, or settings that cannot work
 */
export async function openModels(
  system: System,
  config: Pick<Config, "out" | "budget" | "concurrency">,
  wanted: readonly ModelConfig[],
): Promise<OpenModels> {
  const providers = await openProviders(system, config, wanted);
  // Their settings are checked by making them, before the directory is touched.
  for (const settings of wanted) providers.bare(settings);
  return inPlace(providers, openWorkplace(system, config.out, config.budget));
}

/** The same in a place that is held by the caller, who closes it. */
export function modelsIn(providers: Providers, { store, budget }: Workplace): OpenModels {
  const meter = usageMeter();
  return {
    models: providers.guarded({ store, meter, budget }),
    store,
    usage: () => meter.rows(),
    counter: meter.counter,
    repeated: meter.repeated,
    totals: () => totalsOf(meter.rows()),
    listen: providers.listen,
    drain: providers.drain,
    close() {
      store.flush();
      return providers.close();
    },
  };
}

function inPlace(providers: Providers, place: Workplace): OpenModels {
  return {
    ...modelsIn(providers, place),
    close: () => closed(providers, place),
  };
}

/** Closes a place and the models in it. */
export async function closed(
  providers: Pick<Providers, "close">,
  place: Pick<Workplace, "close">,
): Promise<void> {
  const ended = providers.close();
  place.close();
  await ended;
}

/** The sums that a progress line shows. */
function totalsOf(rows: readonly UsageRow[]): LiveTotals {
  const sum = (pick: (row: UsageRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  return {
    calls: sum((r) => r.calls),
    cacheHits: sum((r) => r.cacheHits),
    tokens: sum((r) => r.inputTokens + r.outputTokens),
    costUsd: sum((r) => r.costUsd ?? 0),
  };
}
