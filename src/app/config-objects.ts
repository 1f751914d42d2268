import type { ModelConfig } from "../core/config/model-schema.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";
import type { EmbeddingModel } from "../core/ports/embedding-model.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import type { System } from "../core/ports/system.ts";
import type { OwnMethod } from "../methods/own.ts";
import type { MethodId, OptionsOf } from "../methods/registry.ts";
import { ownProvider } from "../providers/own/provider.ts";
import { importDefault } from "./config-module.ts";
import { methodsOwned, withMethodsNamed } from "./own-methods.ts";

/** How a run treats a model of the user's own; what is not said holds as for any other model. */
type Traffic = Partial<
  Pick<ModelConfig, "price" | "concurrency" | "requestsPerMinute" | "tokensPerMinute" | "maxTokens">
>;

/** A language model that a configuration file defines. */
export type OwnLanguageModel = LanguageModel & Traffic;
/** An embedding model that a configuration file defines. */
export type OwnEmbeddingModel = EmbeddingModel & Traffic;
export type OwnModel = OwnLanguageModel | OwnEmbeddingModel;

type Role = keyof NonNullable<UserConfig["models"]>;
const ROLES = ["base", "candidate", "rewriter", "judge", "embedder"] as const satisfies Role[];

/** A method as a person writes it: an id, an id with options of its own, or a method of one's own. */
export type WrittenMethod =
  | MethodId
  | { [Id in MethodId]: { id: Id; name?: string } & OptionsOf<Id> }[MethodId]
  | (OwnMethod & { readonly name?: string });

/**
 * A configuration as a person writes it in TypeScript: in place of a model's settings there may stand a model, and among the
 * methods one of one's own.
 */
export type WrittenConfig = Omit<UserConfig, "models" | "methods"> & {
  methods?: readonly WrittenMethod[];
  models?: {
    [R in Role]?:
      | NonNullable<UserConfig["models"]>[R]
      | (R extends "embedder" ? OwnEmbeddingModel : OwnLanguageModel);
  };
};

const TRAFFIC = ["price", "concurrency", "requestsPerMinute", "tokensPerMinute", "maxTokens"] as const;

/**
 * The same configuration with every object replaced by its name, which config.json can hold: the file, the object's id and
 * its identity or version.
 * @param file where the objects stand; absent when a program gave them
 * @throws UsageError for an object that lacks a part
 */
export function withObjectsNamed(value: unknown, file?: string): unknown {
  return withMethodsNamed(withModelsNamed(value, file), file);
}

/** The objects of a configuration that a program hands over. */
export function objectsIn(value: unknown): {
  readonly models: ReadonlyMap<string, OwnModel>;
  readonly methods: readonly OwnMethod[];
} {
  return { models: modelsOwned(value), methods: methodsOwned(value) };
}

function withModelsNamed(value: unknown, file: string | undefined): unknown {
  const models = modelsIn(value);
  const own = ROLES.filter((role) => isOwn(models[role]));
  if (own.length === 0) return value;
  const named = Object.fromEntries(own.map((role) => [role, nameOf(role, models[role] as OwnModel, file)]));
  return { ...(value as object), models: { ...models, ...named } };
}

/** The models that a configuration defines, by their ids. */
function modelsOwned(value: unknown): Map<string, OwnModel> {
  const own = Object.values(modelsIn(value)).filter(isOwn);
  return new Map(own.map((model) => [model.id, model]));
}

/**
 * Loads the objects that settings name, from the configuration file that they were found in.
 * @param given those that a program has handed over
 * @throws UsageError when an object is gone or another version
 */
export async function loadOwnModels(
  system: System,
  models: readonly ModelConfig[],
  given: ReadonlyMap<string, OwnModel> = new Map(),
): Promise<(settings: ModelConfig) => OwnModel> {
  const loaded = new Map(given);
  for (const file of new Set(models.flatMap(({ object }) => object?.file ?? []))) {
    if (!system.exists(file)) throw gone(`the configuration file ${file} is gone`, file);
    for (const [id, model] of modelsOwned(await importDefault(system, file))) loaded.set(id, model);
  }
  return ({ model: id, object }) => {
    const found = loaded.get(id);
    const where = object?.file ?? `models (${ownProvider.id}:${id})`;
    if (found === undefined) throw gone(`there is no model "${id}" any more`, where);
    if (object !== undefined && found.identity !== object.identity) {
      throw gone(
        `the model "${id}" is another version: its identity was ${object.identity}, now ${found.identity}`,
        where,
      );
    }
    return found;
  };
}

function gone(message: string, where: string): UsageError {
  return new UsageError(message, {
    where,
    remedy:
      "bring back the file and the model object that the run was made with, or start a run of its own with --out; " +
      "`apm-bench report` and `apm-bench view` need no models",
  });
}

function modelsIn(value: unknown): Record<string, unknown> {
  const { models } = (value ?? {}) as { models?: unknown };
  return typeof models === "object" && models !== null ? (models as Record<string, unknown>) : {};
}

function isOwn(value: unknown): value is OwnModel {
  if (typeof value !== "object" || value === null) return false;
  const { generate, embed } = value as Record<string, unknown>;
  return typeof generate === "function" || typeof embed === "function";
}

function nameOf(role: Role, model: OwnModel, file: string | undefined): ModelConfig {
  const wanted = role === "embedder" ? "embed" : "generate";
  const { id, identity, simulated } = model;
  const lacks = [
    ...(typeof (model as unknown as Record<string, unknown>)[wanted] === "function" ? [] : [`${wanted}()`]),
    ...(typeof id === "string" && id !== "" ? [] : ["id"]),
    ...(typeof identity === "string" && identity !== "" ? [] : ["identity"]),
    ...(typeof simulated === "boolean" ? [] : ["simulated"]),
  ];
  if (lacks.length > 0) {
    throw new UsageError(`the model object of models.${role} lacks ${lacks.join(", ")}`, {
      where: file ?? `models.${role}`,
      remedy:
        "give it id (its name), identity (all that can change its answers; part of the key of stored calls), simulated " +
        `(false for a real model), and ${wanted}()`,
    });
  }
  const traffic = Object.fromEntries(
    TRAFFIC.flatMap((key) => (model[key] === undefined ? [] : [[key, model[key]]])),
  );
  return {
    provider: ownProvider.id,
    model: id,
    ...traffic,
    object: { ...(file === undefined ? {} : { file }), identity, simulated },
  };
}
