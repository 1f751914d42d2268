import type { ModelConfig, PlacedModel } from "./model-schema.ts";

/** The addresses of a model's servers; none where its provider has one of its own. */
export const addressesOf = ({ baseUrl }: Pick<ModelConfig, "baseUrl">): readonly string[] =>
  baseUrl === undefined ? [] : [baseUrl].flat();

/** A model's settings at each of its servers, in their order: one where it has no more. */
export function placesOf(settings: ModelConfig): readonly [PlacedModel, ...PlacedModel[]] {
  const { baseUrl: _, ...elsewhere } = settings;
  const [first, ...others] = addressesOf(settings).map((baseUrl): PlacedModel => ({ ...elsewhere, baseUrl }));
  return first === undefined ? [elsewhere] : [first, ...others];
}
