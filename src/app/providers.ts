import type { Config } from "../core/config/resolved.ts";
import type { ModelConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";
import type { EmbeddingModel } from "../core/ports/embedding-model.ts";
import type { HttpClient } from "../core/ports/http.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { System } from "../core/ports/system.ts";
import type { TunableModel } from "../neural/tunable.ts";
import { guardedEmbedder } from "../providers/decorators/embedding.ts";
import { type Guards, guardedModel } from "../providers/decorators/guarded.ts";
import { guardedHttp } from "../providers/decorators/guarded-http.ts";
import { type TrafficLimiter, trafficLimiter } from "../providers/decorators/limiter.ts";
import type { RetryPolicy } from "../providers/decorators/retrying.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { jsonClient } from "../providers/http/json-client.ts";
import { createLocalProvider } from "../providers/local/provider.ts";
import { createOpenAIModel } from "../providers/openai/chat.ts";
import { createOpenAIEmbedder } from "../providers/openai/embeddings.ts";
import { createSimEmbedder, SIM_EMBEDDERS, type SimEmbedderName } from "../providers/sim/embedder.ts";
import { SIM_JUDGES } from "../providers/sim/judges.ts";
import { createSimModel } from "../providers/sim/model.ts";
import { traitNamed } from "../providers/sim/traits.ts";

/** What the guards of all models of a run share. */
export type SharedGuards = Pick<Guards, "store" | "meter" | "budget">;

/** The models of a configuration: bare for a check, guarded for a run. */
export interface Providers {
  bare(role: ModelRole): LanguageModel;
  /** @param other in place of the role's own model: studies compare several */
  guarded(role: ModelRole, shared: SharedGuards, other?: ModelConfig): LanguageModel;
  embedder(shared: SharedGuards): EmbeddingModel;
  /** The base LLM as something to train; `undefined` when its weights are not at hand. */
  tunable(shared: SharedGuards): TunableModel | undefined;
  /** For external systems. */
  http(shared: SharedGuards): HttpClient;
  /** Waits until no call is in flight. */
  drain(): Promise<void>;
  /** Ends the threads of models that are run in the process; a later call starts them again. */
  close(): Promise<void>;
}

/** Eight tries over about two minutes outlast a server's restart. */
const RETRIES = { tries: 8, baseMs: 1000, capMs: 60_000 };
/** An answer of an external system may be missing, so less patience will do. */
const HTTP_RETRIES = { tries: 4, baseMs: 500, capMs: 10_000 };
const FREE = { input: 0, output: 0 };

/** @throws UsageError when a provider cannot serve the configuration (an unknown trait, a missing key) */
export function createProviders(system: System, config: Config): Providers {
  checkSimNames(config);
  checkSimTraits(config);
  checkPrices(config);
  const signal = system.stopSignal;
  // Decides waits between tries only, never a result.
  const retries: RetryPolicy = { ...RETRIES, clock: systemClock, random: Math.random, signal };
  const limiters = new Map<string, TrafficLimiter>();
  /** Roles that ask one model on one server share its limits. */
  const limiterOf = (model: ModelConfig): TrafficLimiter => {
    const place = `${model.baseUrl ?? ""} ${model.model}`;
    const limits = { ...model, concurrency: model.concurrency ?? config.concurrency };
    const limiter = limiters.get(place) ?? trafficLimiter(limits, systemClock, signal);
    limiters.set(place, limiter);
    return limiter;
  };
  const traffic = (model: ModelConfig) => ({
    limiter: limiterOf(model),
    retries,
    price: model.provider === "local" ? FREE : model.price,
    maxTokens: model.maxTokens,
  });
  const flight = inFlight(signal);
  const local = createLocalProvider(system.cwd);
  const bare: Record<ModelConfig["provider"], (model: ModelConfig) => LanguageModel> = {
    sim: createSimModel,
    openai: (model) => createOpenAIModel(model, system.env),
    local: local.model,
  };
  const models = Object.fromEntries(
    (["base", "candidate", "rewriter", "judge"] as const).map((role) => {
      const model = config.models[role];
      return [role, flight.watch(bare[model.provider](model))];
    }),
  ) as Record<ModelRole, LanguageModel>;
  return {
    bare: (role) => models[role],
    guarded: (role, shared, other) => {
      const model = other ?? config.models[role];
      if (other) checkPrice(config.budget, other, other.model);
      return guardedModel(
        other ? flight.watch(bare[other.provider](other)) : models[role],
        role,
        model.provider === "sim" ? shared : { ...shared, ...traffic(model) },
      );
    },
    embedder: (shared) => {
      const model = config.models.embedder;
      if (model.provider === "sim") return createSimEmbedder(model.model as SimEmbedderName);
      const embedder =
        model.provider === "local" ? local.embedder(model) : createOpenAIEmbedder(model, system.env);
      return guardedEmbedder(embedder, { ...shared, ...traffic(model) });
    },
    tunable: (shared) => {
      const model = config.models.base;
      if (model.provider !== "local") return undefined;
      const guards = { ...shared, ...traffic(model) };
      return local.tunable(model, (adapted) => guardedModel(flight.watch(adapted), "base", guards), signal);
    },
    http: (shared) => guardedHttp(jsonClient(system.env, { ...retries, ...HTTP_RETRIES }), shared),
    drain: flight.drain,
    close: local.close,
  };
}

/** The simulated model knows the traits of its data and no others: better said before the run than in its middle. */
function checkSimTraits({ pool, models: { embedder: _, ...models } }: Config): void {
  for (const list of ["attributes", "principles"] as const) {
    checkTraits(Object.values(models), pool[list], (i) => `pool.${list}[${i}]`);
  }
}

/** The simulated models of each role: another name would stand in the record as if it meant something. */
function simNames(role: string): readonly string[] {
  if (role === "embedder") return Object.keys(SIM_EMBEDDERS);
  return role === "judge" ? Object.keys(SIM_JUDGES) : ["default"];
}

function checkSimNames({ models }: Config): void {
  for (const [role, { provider, model }] of Object.entries(models)) {
    const known = simNames(role);
    if (provider !== "sim" || known.includes(model)) continue;
    throw new UsageError(
      `there is no simulated ${role === "embedder" ? "embedder" : "model"} "${model}" for this role`,
      {
        where: `models.${role}`,
        remedy: `write ${known.map((name) => `"sim:${name}"`).join(" or ")}`,
      },
    );
  }
}

/**
 * Checks that the models understand these names: real ones do, the simulated one may not.
 * @param where the place of a name, by its number
 * @throws UsageError naming the traits that are known
 */
export function checkTraits(
  models: readonly ModelConfig[],
  names: readonly string[],
  where: (index: number) => string,
): void {
  if (!models.some(({ provider }) => provider === "sim")) return;
  for (const [i, name] of names.entries()) {
    try {
      traitNamed(name);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(error.message, {
        where: where(i),
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        cause: error,
      });
    }
  }
}

function checkPrices({ budget, models }: Config): void {
  for (const [role, model] of Object.entries(models)) checkPrice(budget, model, `models.${role}.price`);
}

/** A budget in dollars that cannot be counted would never end a run. */
function checkPrice(budget: Config["budget"], { provider, price }: ModelConfig, where: string): void {
  if (budget.usd === undefined || provider === "sim" || provider === "local" || price !== undefined) return;
  throw new UsageError("budget.usd needs the price of every model that is paid for", {
    where,
    remedy:
      "add price: { input: ..., output: ... } in US dollars per million tokens (0 for a server of your own)",
  });
}

/** Refuses new calls once a stop is asked for, and lets a caller wait for those under way. */
function inFlight(signal: AbortSignal): {
  watch(model: LanguageModel): LanguageModel;
  drain(): Promise<void>;
} {
  let calls = 0;
  let onEmpty: (() => void)[] = [];
  const end = (): void => {
    calls--;
    if (calls > 0) return;
    for (const done of onEmpty) done();
    onEmpty = [];
  };
  return {
    watch: (model) => ({
      ...model,
      async generate(request) {
        if (signal.aborted) throw signal.reason;
        calls++;
        try {
          return await model.generate(request);
        } finally {
          end();
        }
      },
    }),
    async drain() {
      if (calls > 0) await new Promise<void>((resolve) => onEmpty.push(resolve));
      // An answer still has to pass the guards before it is in the store: one turn of the event loop.
      await new Promise(setImmediate);
    },
  };
}
