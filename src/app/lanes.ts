import { placesOf } from "../core/config/addresses.ts";
import type { ModelConfig, PlacedModel } from "../core/config/model-schema.ts";
import { canonicalJson } from "../core/hash.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { Telemetry } from "../core/ports/telemetry.ts";
import { wrapModel } from "../core/wrap-model.ts";
import type { OneOrMore } from "../providers/decorators/call.ts";
import type { EmbeddingProvider } from "../providers/decorators/embedding.ts";
import { tracedEmbedder, tracedModel } from "../providers/decorators/traced.ts";
import type { Surroundings } from "../providers/provider.ts";
import { providerOf } from "../providers/registry.ts";
import type { Hosting } from "./hosting.ts";
import type { Flights } from "./in-flight.ts";
import { type CheckedCall, sameModel } from "./same-model.ts";
import { nameOfServer, namesOfServers } from "./traffic.ts";

/**
 * The ways to a model's servers, one each, behind the guards that they share: the server is started where the run does
 * that, looked at where there are several, and what is asked is traced.
 */
export interface Lanes {
  language(role: ModelRole, settings: ModelConfig): OneOrMore<LanguageModel>;
  /** @param first the embedder at the first of the servers */
  embedder(first: EmbeddingProvider, settings: ModelConfig): OneOrMore<EmbeddingProvider>;
  /** Calls to a model's several servers, which are looked at before they are asked; a single server is believed. */
  checked(settings: ModelConfig): CheckedCall | undefined;
}

interface Parts {
  /** A model at one server, without anything around it. */
  readonly bareAt: (settings: PlacedModel) => LanguageModel;
  readonly around: Surroundings;
  readonly hosting: Hosting;
  readonly flights: Flights;
  readonly telemetry: Telemetry | undefined;
}

type Wrap = <T>(call: () => Promise<T>) => Promise<T>;

export function lanesOf({ bareAt, around, hosting, flights, telemetry }: Parts): Lanes {
  const checks = new Map<string, CheckedCall>();
  const checked = (settings: ModelConfig): CheckedCall | undefined => {
    const places = placesOf(settings);
    if (places.length === 1) return undefined;
    const names = namesOfServers(places);
    const servers = places.map((place, i) => ({
      name: names[i] as string,
      names: async () => providerOf(place).served?.(place, around),
    }));
    const key = canonicalJson(settings);
    const check = checks.get(key) ?? sameModel(settings.model, servers);
    checks.set(key, check);
    return check;
  };
  /** What stands around a call to one server; nothing in the usual case. */
  const wrapOf = (settings: ModelConfig, server: number): Wrap | undefined => {
    const check = checked(settings);
    const host = hosting.of(settings);
    if (host === undefined) return check && ((call) => check(server, call));
    return check === undefined ? host : (call) => host(() => check(server, call));
  };
  return {
    checked,
    language(role, settings) {
      const [first, ...others] = placesOf(settings).map((place, i) => {
        const model = tracedModel(bareAt(place), role, place, telemetry);
        const wrap = wrapOf(settings, i);
        return wrap ? wrapModel(model, (request) => wrap(() => model.generate(request))) : model;
      });
      return [first as LanguageModel, ...others];
    },
    embedder(first, settings) {
      const [place, ...elsewhere] = placesOf(settings);
      const lane = (one: EmbeddingProvider, at: PlacedModel, i: number): EmbeddingProvider => {
        const ask: typeof one.embed = (texts) => flights.track(nameOfServer(at), () => one.embed(texts));
        const traced = tracedEmbedder({ ...one, embed: ask }, at, telemetry);
        const wrap = wrapOf(settings, i);
        return wrap ? { ...traced, embed: (texts) => wrap(() => traced.embed(texts)) } : traced;
      };
      return [
        lane(first, place, 0),
        ...elsewhere.map((at, i) =>
          lane(providerOf(at).embedder?.(at, around) as EmbeddingProvider, at, i + 1),
        ),
      ];
    },
  };
}
