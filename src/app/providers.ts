import { placesOf } from "../core/config/addresses.ts";
import type { ModelConfig, PlacedModel } from "../core/config/model-schema.ts";
import type { Config } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import type { Observer, RunEvent } from "../core/events.ts";
import { canonicalJson } from "../core/hash.ts";
import type { EmbeddingModel } from "../core/ports/embedding-model.ts";
import type { HttpClient } from "../core/ports/http.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { System } from "../core/ports/system.ts";
import type { Trainers } from "../core/ports/trainer.ts";
import type { TunableModel } from "../neural/tunable.ts";
import { adaptedModel } from "../providers/decorators/adapted.ts";
import { guardedEmbedder } from "../providers/decorators/embedding.ts";
import { type Guards, guardedModel } from "../providers/decorators/guarded.ts";
import { guardedHttp } from "../providers/decorators/guarded-http.ts";
import { heldModel } from "../providers/decorators/held.ts";
import type { RetryPolicy } from "../providers/decorators/retrying.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { tracedModel } from "../providers/decorators/traced.ts";
import type { FileDesk } from "../providers/files/desk.ts";
import { guardsOfFiles } from "../providers/files/guards.ts";
import { jsonClient } from "../providers/http/json-client.ts";
import { reachOf } from "../providers/http/reach.ts";
import { httpTransport } from "../providers/http/transport.ts";
import type { MeasuredSpeed, Surroundings } from "../providers/provider.ts";
import { isSimulated, providerOf } from "../providers/registry.ts";
import { memoryStore } from "../store/memory.ts";
import type { StandIn } from "./bundle/stand-in.ts";
import { loadOwnModels, type OwnModel } from "./config-objects.ts";
import { hostingOf } from "./hosting.ts";
import { flightsOf } from "./in-flight.ts";
import { keeper } from "./keeper.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { checkPrice, noEmbedder } from "./model-checks.ts";
import { afterLook, preflight, type ServersOfRun } from "./preflight.ts";
import type { Paths } from "./startable.ts";
import { telemetryOf } from "./telemetry.ts";
import { nameOfServer, type SharedTraffic, trafficOf } from "./traffic.ts";
import { trainersFor } from "./trainers.ts";

/** What the guards of all models of a run share. */
export type SharedGuards = Pick<Guards, "store" | "meter" | "budget">;

/** Models by their settings, behind store, meter, budget, limits and patience. */
export interface Models {
  /** @throws UsageError for settings that cannot work */
  language(role: ModelRole, settings: ModelConfig): LanguageModel;
  /** @throws UsageError for settings that cannot work */
  embedder(settings: ModelConfig): EmbeddingModel;
  /** A base LLM as something to train; `undefined` when its weights are not at hand. */
  tunable(settings: ModelConfig): TunableModel | undefined;
  /** For external systems. */
  readonly http: HttpClient;
  /** The way to trainers, for a run with this base LLM. */
  trainers(base: ModelConfig): Trainers;
}

/** The way to the models of one run. */
export interface Providers {
  /** A model without guards: for a check, or its identity. Equal settings give the same one. */
  bare(settings: ModelConfig): LanguageModel;
  /** One that is asked as its server can be asked, once and at once: without store, limits and patience. */
  unguarded(settings: ModelConfig): LanguageModel;
  /** Calls to a model's several servers, which are looked at before they are asked; a single server is believed. */
  readonly checked: Lanes["checked"];
  guarded(shared: SharedGuards): Models;
  /** How fast a model is that is run in the process; nothing of a server's. */
  speed(settings: ModelConfig): Promise<MeasuredSpeed> | undefined;
  /** Something that is closed with the models. */
  readonly shared: Surroundings["shared"];
  /** Aborted when the run shall stop. */
  readonly stop: AbortSignal;
  /** Where programs that serve models are looked for. */
  readonly paths: Paths;
  /** Whether a collector is told of every call. */
  readonly isTraced: boolean;
  /** Tells of servers that are waited for and of what was learnt of them. */
  listen(observe: Observer): void;
  /** Waits until no call is in flight. */
  drain(): Promise<void>;
  /** Told which models the stage that now begins may ask: servers of others, which the run has started, are ended. */
  enter(models: readonly ModelConfig[]): Promise<void>;
  /** Ends servers that were started, and the threads of models that are run in the process; a later call starts them again. */
  close(): Promise<void>;
}

export interface ProviderOptions {
  /** Where several machines share the limits of servers. */
  readonly traffic?: SharedTraffic | undefined;
  /** Models of the user's own that are at hand already. */
  readonly given?: ReadonlyMap<string, OwnModel>;
  /** The run that they are for, whose servers are looked for just before the first call that must be paid. */
  readonly run?: ServersOfRun;
  /** For what cannot be made here, and may never be asked. */
  readonly standIn?: StandIn | undefined;
  /** Answers calls from files. */
  readonly files?: FileDesk | undefined;
}

const FREE = { input: 0, output: 0 };

/**
 * @param wanted settings of all models that will be asked for: those that the user's own code defines are loaded
 * @throws UsageError for a proxy or a user's own model that cannot be used
 */
export async function openProviders(
  system: System,
  { budget, concurrency, out }: Pick<Config, "budget" | "concurrency" | "out">,
  wanted: readonly ModelConfig[],
  { given, run, standIn, traffic: sharedTraffic, files }: ProviderOptions = {},
): Promise<Providers> {
  const { cwd, env, stopSignal: stop } = system;
  const [clock, random] = [systemClock, Math.random]; // decide waits between tries only, never a result
  const retries: RetryPolicy = { clock, random, signal: stop };
  let observe: Observer | undefined;
  const tell = (event: RunEvent): void => observe?.(event);
  const told = new Set<string>();
  const keep = keeper();
  const http = httpTransport(env, stop);
  const around: Surroundings = {
    cwd,
    env,
    stop,
    transport: files?.transport(http) ?? http,
    shared: keep.shared,
    say: (words) => system.stderr(`${words}\n`),
    own: await loadOwnModels(system, wanted, given),
    notice(message) {
      if (told.has(message)) return;
      told.add(message);
      tell({ type: "note", message });
    },
  };
  for (const settings of wanted) await providerOf(settings).prepare?.(settings, around);
  const telemetry = await telemetryOf(system);
  // What files answer needs no server.
  const hosting = await hostingOf(system, out, files ? [] : wanted, around.transport.fetch, tell);
  const flights = flightsOf(stop, tell);
  const look = run && preflight(run, reachOf(env), tell);
  const chatOf = (settings: PlacedModel): LanguageModel => {
    try {
      return providerOf(settings).chat(settings, around);
    } catch (error) {
      const other = error instanceof UsageError ? standIn?.(settings, error) : undefined;
      if (other === undefined) throw error;
      return other;
    }
  };
  const bareAt = (settings: PlacedModel): LanguageModel =>
    keep.shared(`bare ${canonicalJson(settings)}`, () =>
      flights.watch(afterLook(chatOf(settings), look), nameOfServer(settings)),
    );
  const bare = (settings: ModelConfig): LanguageModel => bareAt(placesOf(settings)[0]);
  const client = jsonClient(env, around.transport);
  const trackedHttp: HttpClient = {
    postJson: (url, body, options) =>
      flights.track(new URL(url).origin, () => client.postJson(url, body, options)),
  };
  const traffic = trafficOf(
    { clock, random, stop, tell, keep: sharedTraffic?.limiters ?? keep, leases: sharedTraffic?.leases },
    concurrency,
  );
  const lanes = lanesOf({ bareAt, around, hosting, flights, telemetry });
  const toTrainers = { system, clock, around, flights, traffic, concurrency };
  const guardsOf = (shared: SharedGuards, settings: ModelConfig): Guards => {
    if (isSimulated(settings)) return shared;
    const { price, maxTokens, systemMessage } = settings;
    const guards = {
      ...shared,
      limiter: traffic.toModel(settings),
      retries,
      price: providerOf(settings).free ? FREE : price,
      ...{ maxTokens, systemMessage },
      notice: around.notice,
    };
    return files && providerOf(settings).batched ? guardsOfFiles(guards, files) : guards;
  };
  return {
    bare,
    shared: keep.shared,
    stop,
    isTraced: telemetry !== undefined,
    paths: { cwd, env },
    checked: lanes.checked,
    unguarded(settings) {
      const store = memoryStore();
      return heldModel(adaptedModel(bare(settings), store, settings.systemMessage, around.notice), store);
    },
    guarded: (shared) => ({
      language(role, settings) {
        checkPrice(budget, settings, `models.${role}`);
        const [model, ...others] = lanes.language(role, settings);
        return guardedModel(model, role, guardsOf(shared, settings), others);
      },
      embedder(settings) {
        checkPrice(budget, settings, "models.embedder", false);
        const [place] = placesOf(settings);
        const embedder = providerOf(place).embedder?.(place, around);
        if (embedder === undefined) throw noEmbedder(settings);
        if (!("batch" in embedder)) return embedder;
        const [first, ...others] = lanes.embedder(embedder, settings);
        return guardedEmbedder(first, guardsOf(shared, settings), others);
      },
      tunable: (settings) =>
        providerOf(settings).tunable?.(settings, around, (adapted) =>
          guardedModel(
            tracedModel(
              flights.watch(adapted, nameOfServer(placesOf(settings)[0])),
              "base",
              placesOf(settings)[0],
              telemetry,
            ),
            "base",
            guardsOf(shared, settings),
          ),
        ),
      trainers: (base) => trainersFor(base, { ...toTrainers, guards: { ...shared, retries, price: FREE } }),
      http: guardedHttp(trackedHttp, (url, options) => {
        const { origin } = new URL(url);
        const limiter = traffic.toSystem(origin, { concurrency: options.concurrency });
        return { meter: shared.meter, budget: shared.budget, limiter, retries };
      }),
    }),
    speed: (settings) => providerOf(settings).speed?.(settings, around, settings.concurrency ?? concurrency),
    listen(observer) {
      observe = observer;
    },
    drain: flights.drain,
    enter: hosting.enter,
    async close() {
      await hosting.close();
      await keep.close();
      await telemetry?.close();
    },
  };
}
