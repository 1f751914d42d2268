import type { PlacedModel } from "../../core/config/model-schema.ts";
import type { GenerateRequest, GenerateResult, LanguageModel } from "../../core/ports/language-model.ts";
import type { SpanValues, Telemetry } from "../../core/ports/telemetry.ts";
import type { SimulatedRole } from "../../core/simulated.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import type { EmbeddingProvider } from "./embedding.ts";

/*
 * Names of OpenTelemetry's semantic conventions for generative AI: spans of inference and embeddings. What they have no
 * name for begins with `apm_bench.`.
 */

/** A language model whose every attempt is a span; without telemetry, the model itself. */
export function tracedModel(
  model: LanguageModel,
  role: SimulatedRole,
  settings: PlacedModel,
  telemetry: Telemetry | undefined,
): LanguageModel {
  if (telemetry === undefined) return model;
  const common = { ...commonValues("chat", role, settings, model.simulated), ...samplingValues(settings) };
  return wrapModel(model, (request) =>
    telemetry.span(
      `chat ${settings.model}`,
      { ...common, ...requestValues(request, telemetry.content) },
      () => model.generate(request),
      (result) => resultValues(result, telemetry.content),
    ),
  );
}

/** An embedding model likewise; a span is one batch of texts. */
export function tracedEmbedder(
  provider: EmbeddingProvider,
  settings: PlacedModel,
  telemetry: Telemetry | undefined,
): EmbeddingProvider {
  if (telemetry === undefined) return provider;
  const common = commonValues("embeddings", "embedder", settings, provider.simulated);
  return {
    ...provider,
    embed: (texts) =>
      telemetry.span(
        `embeddings ${settings.model}`,
        { ...common, "apm_bench.texts": texts.length },
        () => provider.embed(texts),
        ({ vectors, inputTokens }) => ({
          "gen_ai.usage.input_tokens": inputTokens,
          "gen_ai.embeddings.dimension.count": vectors[0]?.length ?? 0,
        }),
      ),
  };
}

/**
 * Providers that the conventions have a name for (`gen_ai.provider.name`, OpenTelemetry semantic conventions for generative
 * AI). Servers compatible with OpenAI's are called `openai` there; what the conventions do not know is named as ours.
 */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  "anthropic",
  "cohere",
  "deepseek",
  "groq",
  "mistral_ai",
  "openai",
]);

function commonValues(
  operation: "chat" | "embeddings",
  role: SimulatedRole,
  { provider, model, baseUrl }: PlacedModel,
  simulated: boolean,
): SpanValues {
  return {
    "gen_ai.operation.name": operation,
    "gen_ai.provider.name": WELL_KNOWN.has(provider) ? provider : `apm_bench.${provider}`,
    "gen_ai.request.model": model,
    ...serverValues(baseUrl),
    "apm_bench.role": role,
    "apm_bench.simulated": simulated,
  };
}

/** Host and port alone: an address may hold more than a collector is to know. */
function serverValues(baseUrl: string | undefined): SpanValues {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return {};
  const { hostname, port, protocol } = new URL(baseUrl);
  return {
    "server.address": hostname,
    "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}

function samplingValues({ temperature, topP, topK, maxTokens, seed, stop }: PlacedModel): SpanValues {
  const values = {
    "gen_ai.request.temperature": temperature,
    "gen_ai.request.top_p": topP,
    "gen_ai.request.top_k": topK,
    "gen_ai.request.max_tokens": maxTokens,
    "gen_ai.request.seed": seed,
    "gen_ai.request.stop_sequences": stop === undefined ? undefined : [stop].flat(),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as SpanValues;
}

function requestValues(
  { messages, sample, maxTokens, repeat }: GenerateRequest,
  content: boolean,
): SpanValues {
  return {
    "apm_bench.sample": sample,
    ...(repeat ? { "apm_bench.repeat": true } : {}),
    ...(maxTokens === undefined ? {} : { "gen_ai.request.max_tokens": maxTokens }),
    ...(content ? { "gen_ai.input.messages": messagesText(messages) } : {}),
  };
}

function resultValues({ text, finishReason, usage }: GenerateResult, content: boolean): SpanValues {
  return {
    "gen_ai.response.finish_reasons": [finishReason],
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    ...(content
      ? { "gen_ai.output.messages": messagesText([{ role: "assistant", content: text }], finishReason) }
      : {}),
  };
}

/** Messages in the form that the conventions give them, as JSON: a span holds no objects. */
function messagesText(messages: GenerateRequest["messages"], finish?: string): string {
  return JSON.stringify(
    messages.map(({ role, content }) => ({
      role,
      parts: [{ type: "text", content }],
      ...(finish === undefined ? {} : { finish_reason: finish }),
    })),
  );
}
