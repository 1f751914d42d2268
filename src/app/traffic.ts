import { addressesOf, placesOf } from "../core/config/addresses.ts";
import type { ModelConfig, PlacedModel } from "../core/config/model-schema.ts";
import type { Config } from "../core/config/resolved.ts";
import type { RunEvent } from "../core/events.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { TrafficLeases } from "../core/ports/traffic-leases.ts";
import type { TrafficLimiter } from "../providers/decorators/limiter.ts";
import { type TrafficLimits, trafficLimiter } from "../providers/decorators/limiter.ts";
import { patienceWith } from "../providers/decorators/patience.ts";
import { type Server, sharedServer } from "../providers/decorators/server.ts";
import { serverPool } from "../providers/decorators/server-pool.ts";
import type { Keeper } from "./keeper.ts";

/** The limits of all servers that a run asks. */
export interface Traffic {
  /** Shared by all roles that ask the same model at the same servers. */
  toModel(settings: ModelConfig): TrafficLimiter;
  /** Of a system outside. */
  toSystem(origin: string, limits: TrafficLimits): TrafficLimiter;
}

/** What the runs of a process share with each other, and with other machines. */
export interface SharedTraffic {
  /** Of what servers allow a minute. */
  readonly leases: TrafficLeases;
  /** Of this process: what is in flight at a server is in flight whichever run it is for. */
  readonly limiters: Keeper;
}

interface Around {
  readonly clock: Clock;
  /** Uniform on [0, 1): decides waits only. */
  readonly random: () => number;
  readonly stop: AbortSignal;
  readonly tell: (event: RunEvent) => void;
  readonly keep: Keeper;
  readonly leases?: TrafficLeases | undefined;
}

/** @param concurrency calls in flight at each server, where a model sets none of its own */
export function trafficOf({ clock, random, stop, tell, keep, leases }: Around, concurrency: number): Traffic {
  const serverAt = (name: string): Server =>
    keep.shared(`server ${name}`, () => sharedServer({ name, clock, random, tell }));
  const toPool = (settings: ModelConfig, limits: TrafficLimits): TrafficLimiter => {
    const places = placesOf(settings);
    const names = namesOfServers(places);
    const servers = names.map(serverAt);
    const hasAnswered = (): boolean => servers.some((server) => server.hasAnswered());
    const patience = patienceWith({ hasAnswered }, clock, limits.patienceMs);
    const [first, ...others] = servers.map((server, i) => {
      const name = `${places[i]?.baseUrl ?? ""} ${settings.model}`;
      const withLeases = { ...limits, leases: leases && { leases, name } };
      return keep.shared(`limits ${name}`, () =>
        trafficLimiter(withLeases, clock, stop, server, servers.length > 1 ? patience : undefined),
      );
    });
    if (first === undefined) throw new Error("a model has at least one place");
    return others.length === 0 ? first : serverPool([first, ...others], clock, stop);
  };
  return {
    toModel(settings) {
      const { patienceSeconds, baseUrl = "", model } = settings;
      const limits = {
        ...settings,
        concurrency: settings.concurrency ?? concurrency,
        patienceMs: patienceSeconds === undefined ? undefined : patienceSeconds * 1000,
      };
      return keep.shared(`traffic ${[baseUrl].flat().join(" ")} ${model}`, () => toPool(settings, limits));
    },
    toSystem: (origin, limits) =>
      keep.shared(`limits external ${origin}`, () => trafficLimiter(limits, clock, stop, serverAt(origin))),
  };
}

/** Where a model is asked, as people may read it; models that are no servers go by their names. */
export function nameOfServer({ provider, model, baseUrl }: PlacedModel): string {
  return baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).origin : `${provider}:${model}`;
}

/** Of an http address its origin; a place of another kind goes by its own name. */
export const originOf = (place: string): string => (/^https?:/.test(place) ? new URL(place).origin : place);

/** The same of several servers: with their paths where two stand behind one host and port. */
export function namesOfServers(places: readonly PlacedModel[]): string[] {
  const origins = places.map(nameOfServer);
  return origins.map((origin, i) => {
    const { baseUrl } = places[i] as PlacedModel;
    const isShared = origins.filter((other) => other === origin).length > 1;
    return isShared && baseUrl !== undefined ? `${origin}${new URL(baseUrl).pathname}` : origin;
  });
}

/** Calls in flight of the whole run: with several servers of one model as many as they take together. */
export function concurrencyOf({ concurrency, models }: Pick<Config, "concurrency" | "models">): number {
  const places = Object.values(models).map((model) =>
    addressesOf(model).length > 1 ? addressesOf(model).length * (model.concurrency ?? concurrency) : 0,
  );
  return Math.max(concurrency, ...places);
}
