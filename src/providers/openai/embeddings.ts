import { ProviderError } from "../../core/errors.ts";
import type { EmbeddingProvider } from "../decorators/embedding.ts";
import type { ServerAccess } from "./access.ts";
import { parseEmbeddings } from "./embedding-answer.ts";
import type { CallSite } from "./http-errors.ts";
import { post } from "./post.ts";
import { endpointOf, identityOf, type OpenAISettings } from "./settings.ts";

const PATH = "/embeddings";
/** Accepted by every server this was written for (text-embeddings-inference takes 32 by default). */
const BATCH = 32;

/** An embedding model of any OpenAI-compatible server. @throws UsageError for settings that cannot work */
export function createOpenAIEmbedder(
  settings: OpenAISettings,
  { env, transport }: ServerAccess,
): EmbeddingProvider {
  const endpoint = endpointOf(settings, env);
  const id = `openai:${settings.model}`;
  return {
    id,
    identity: identityOf("embeddings", settings),
    simulated: false,
    batch: BATCH,
    async embed(texts) {
      const site = (): CallSite => ({
        id,
        endpoint,
        summary: `${endpoint.path}${PATH} (${texts.length} texts, the first begins "${texts[0]?.slice(0, 60)}")`,
      });
      const body = JSON.stringify({
        model: settings.model,
        input: texts,
        encoding_format: "float",
        ...settings.options,
      });
      const answer = await post(transport, endpoint, PATH, body, site).catch((error: unknown) => {
        throw withRemedy(error);
      });
      return parseEmbeddings(answer, texts, site);
    },
  };
}

/** Embedders read a few hundred tokens, and some servers refuse longer texts instead of cutting them. */
const LONG_TEXTS =
  "let the server cut long texts (text-embeddings-inference: --auto-truncate; vLLM: options { truncate_prompt_tokens: -1 }), " +
  "or use an embedding model with a longer context";

function withRemedy(error: unknown): unknown {
  if (!(error instanceof ProviderError) || error.failure !== "request") return error;
  const { message, where, failure, status, words } = error;
  const place = where === undefined ? {} : { where };
  return new ProviderError(message, { ...place, failure, status, words, remedy: LONG_TEXTS, cause: error });
}
