import type { CountedVectors, EmbeddingProvider } from "../decorators/embedding.ts";
import type { ServerAccess } from "./access.ts";
import { parseObject } from "./chat.ts";
import { answerFailure, type CallSite } from "./http-errors.ts";
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
      return parseEmbeddings(await post(transport, endpoint, PATH, body, site), texts, site);
    },
  };
}

function parseEmbeddings(answer: string, texts: readonly string[], site: () => CallSite): CountedVectors {
  const { data, usage } = parseObject(answer, site) as {
    data?: { index?: number; embedding?: number[] }[];
    usage?: { prompt_tokens?: number };
  };
  const vectors: Float32Array[] = [];
  for (const [i, item] of (data ?? []).entries()) {
    if (Array.isArray(item.embedding)) vectors[item.index ?? i] = Float32Array.from(item.embedding);
  }
  const size = vectors[0]?.length;
  if (vectors.length !== texts.length || texts.some((_, i) => !size || vectors[i]?.length !== size)) {
    throw answerFailure(site(), `an answer without one vector for each of ${texts.length} texts`, "");
  }
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return { vectors, inputTokens: usage?.prompt_tokens ?? Math.ceil(characters / 4) };
}
