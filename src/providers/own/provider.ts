import type { EmbeddingModel } from "../../core/ports/embedding-model.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import type { EmbeddingProvider } from "../decorators/embedding.ts";
import type { Provider } from "../provider.ts";

/** Models that a configuration file defines, by their object: docs/own-models.md. */
export const ownProvider: Provider = {
  id: "own",
  free: false,
  simulated: false,
  chat: (settings, { own }) => own(settings) as LanguageModel,
  embedder: (settings, { own }) => counted(own(settings) as EmbeddingModel),
};

/** Its own affair in how many texts at once it computes; tokens are guessed, four characters each. */
function counted(model: EmbeddingModel): EmbeddingProvider {
  return {
    id: model.id,
    identity: model.identity,
    simulated: model.simulated,
    batch: Number.POSITIVE_INFINITY,
    async embed(texts) {
      const vectors = await model.embed(texts);
      const characters = texts.reduce((sum, text) => sum + text.length, 0);
      return { vectors, inputTokens: Math.ceil(characters / 4) };
    },
  };
}
