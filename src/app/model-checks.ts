import type { ModelConfig } from "../core/config/model-schema.ts";
import type { Config } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import { isSimulated, providerOf } from "../providers/registry.ts";

/**
 * Checks what providers say of themselves against a configuration, before anything is opened.
 * @throws UsageError when there is no such provider or model, a trait that a model does not know, or no price
 */
export function checkModels({ budget, models, pool }: Pick<Config, "budget" | "models" | "pool">): void {
  for (const [role, settings] of Object.entries(models)) {
    checkModel(role, settings, `models.${role}`);
    checkPrice(budget, settings, `models.${role}`, role !== "embedder");
  }
  const { embedder: _, ...language } = models;
  for (const list of ["attributes", "principles"] as const) {
    checkTraits(Object.values(language), pool[list], (i) => `pool.${list}[${i}]`);
  }
}

/** @throws UsageError when there is no such provider, or no such model of it for the role */
export function checkModel(role: string, settings: ModelConfig, where: string): void {
  placed(where, () => {
    const provider = providerOf(settings);
    provider.check?.(role === "judge" || role === "embedder" ? role : "chat", settings);
    if (role === "embedder" && provider.embedder === undefined) throw noEmbedder(settings);
  });
}

/** @throws UsageError naming the role whose provider there is not */
export function checkProviders(models: Config["models"]): void {
  for (const [role, settings] of Object.entries(models)) placed(`models.${role}`, () => providerOf(settings));
}

export function noEmbedder({ provider }: ModelConfig): UsageError {
  return new UsageError(`the provider "${provider}" has no embedders`, {
    remedy: "name an embedder of another provider: models.embedder",
  });
}

/**
 * Checks that models understand these names: real ones do, the simulated one may not. Better said before the run than in
 * its middle.
 * @param where the place of a name, by its number
 * @throws UsageError naming the traits that are known
 */
export function checkTraits(
  models: readonly ModelConfig[],
  names: readonly string[],
  where: (index: number) => string,
): void {
  const asked = new Set(models.map(providerOf));
  for (const provider of asked) {
    for (const [i, name] of names.entries()) placed(where(i), () => provider.checkTrait?.(name));
  }
}

/**
 * A budget in dollars that cannot be counted would never end a run, and a call without a bound could exceed it.
 * @param where the model's place in the configuration
 * @param answers whether the model's output is paid for
 */
export function checkPrice(
  budget: Config["budget"],
  settings: ModelConfig,
  where: string,
  answers = true,
): void {
  if (budget.usd === undefined || isSimulated(settings) || providerOf(settings).free) return;
  const { price, maxTokens } = settings;
  if (price === undefined) {
    throw new UsageError("budget.usd needs the price of every model that is paid for", {
      where: `${where}.price`,
      remedy:
        "add price: { input: ..., output: ... } in US dollars per million tokens (0 for a server of your own)",
    });
  }
  if (!answers || price.output === 0 || maxTokens !== undefined) return;
  throw new UsageError("budget.usd needs a bound on what an answer can cost, and this model has none", {
    where: `${where}.maxTokens`,
    remedy: "add maxTokens, the most tokens of an answer, such as maxTokens: 4096",
  });
}

/** Says of an error where it belongs in the configuration. */
function placed(where: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message, {
      where,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      cause: error,
    });
  }
}
