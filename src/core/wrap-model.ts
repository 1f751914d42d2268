import type { LanguageModel } from "./ports/language-model.ts";

/** A model that is the given one in all but how it answers: what every decorator is. */
export function wrapModel(model: LanguageModel, generate: LanguageModel["generate"]): LanguageModel {
  const {
    id,
    identity,
    simulated,
    deterministic,
    maxTokens,
    countTokens,
    systemMessage,
    numberForms,
    heldBy,
    places,
  } = model;
  return {
    id,
    identity,
    simulated,
    ...(deterministic === undefined ? {} : { deterministic }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(countTokens === undefined ? {} : { countTokens }),
    ...(systemMessage === undefined ? {} : { systemMessage }),
    ...(places === undefined ? {} : { places }),
    ...(numberForms === undefined ? {} : { numberForms }),
    ...(heldBy === undefined ? {} : { heldBy }),
    generate,
  };
}
