import type { Provider } from "../provider.ts";
import { createOpenAIModel } from "./chat.ts";
import { createOpenAIEmbedder } from "./embeddings.ts";
import { servedModels } from "./served-models.ts";
import { saysTheSame, trainableByName } from "./settings.ts";

/** Any server that speaks OpenAI's interface: docs/providers.md. */
export const openaiProvider: Provider = {
  id: "openai",
  free: false,
  simulated: false,
  batched: true,
  deterministic: saysTheSame,
  chat: createOpenAIModel,
  embedder: createOpenAIEmbedder,
  served: servedModels,
  trainable: trainableByName,
};
