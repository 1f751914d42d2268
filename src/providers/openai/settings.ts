import { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { Environment } from "../http/dispatcher.ts";

/** A model behind an OpenAI-compatible API; the shape of a model's configuration. */
export interface OpenAISettings {
  readonly model: string;
  /** Root of the API, with its version: `http://localhost:8000/v1`. OpenAI's own when absent. */
  readonly baseUrl?: string | undefined;
  /** Name of the environment variable that holds the key. */
  readonly apiKeyEnv?: string | undefined;
  /** Longest wait for a complete answer, in seconds. */
  readonly timeoutSeconds?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  /** Draw n of a request is sent with seed + n. */
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly maxTokens?: number | undefined;
  readonly reasoning?: boolean | "low" | "medium" | "high" | undefined;
  /** Further fields of the request body, as the server wants them. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** Where requests go and with what key. The only place that knows the key. */
export interface Endpoint {
  readonly origin: string;
  /** Path below which the API's own paths begin, without a slash at the end. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Name of the variable the key came from, for error messages. */
  readonly apiKeyEnv: string | undefined;
  /** Takes the key out of a text. */
  redact(text: string): string;
}

const OPENAI = "https://api.openai.com/v1";
/** A long reasoning answer of a busy server takes minutes. */
const TIMEOUT_SECONDS = 600;
/** Shorter secrets are placeholders ("EMPTY") or would tear harmless words apart. */
const SHORTEST_SECRET = 6;

/** @throws UsageError for an address that is none, or a key that is missing or cannot be sent */
export function endpointOf(settings: OpenAISettings, env: Environment): Endpoint {
  const address = settings.baseUrl ?? OPENAI;
  const where = `models (openai:${settings.model})`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`baseUrl "${address}" is not an http address`, {
      where,
      remedy: "write the root of the API with its version, such as http://localhost:8000/v1",
    });
  }
  const apiKeyEnv =
    settings.apiKeyEnv ?? (url.origin === new URL(OPENAI).origin ? "OPENAI_API_KEY" : undefined);
  const key = apiKeyEnv === undefined ? undefined : env[apiKeyEnv]?.trim();
  if (apiKeyEnv !== undefined && !key) {
    throw new UsageError(`the environment variable ${apiKeyEnv} holds no key`, {
      where,
      remedy: `set it before the run, e.g. export ${apiKeyEnv}=...`,
    });
  }
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new UsageError(`the key in ${apiKeyEnv} holds characters that no header can carry`, {
      where,
      remedy: "set the variable to the key alone, without quotes or spaces",
    });
  }
  const password = decodeURIComponent(url.password);
  const basic = Buffer.from(`${decodeURIComponent(url.username)}:${password}`).toString("base64");
  const secrets = [key, password, url.username === "" ? "" : basic, ...url.searchParams.values()]
    .flatMap((secret) => (secret ? [secret, encodeURIComponent(secret)] : []))
    .filter((secret) => secret.length >= SHORTEST_SECRET);
  const authorization = key ? `Bearer ${key}` : url.username === "" ? undefined : `Basic ${basic}`;
  return {
    origin: url.origin,
    path: url.pathname.replace(/\/+$/, ""),
    query: url.search,
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...(authorization === undefined ? {} : { authorization }),
    },
    timeoutMs: (settings.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000,
    apiKeyEnv,
    redact: (text) => secrets.reduce((kept, secret) => kept.replaceAll(secret, "[key]"), text),
  };
}

/** All that can change an answer. Neither address nor key nor traffic settings: a moved server answers the same. */
export function identityOf(api: "chat" | "embeddings", settings: OpenAISettings): string {
  const { model, temperature, topP, topK, minP, seed, stop, maxTokens, reasoning, options } = settings;
  return canonicalJson({
    provider: "openai",
    api,
    model,
    temperature,
    topP,
    topK,
    minP,
    seed,
    stop,
    maxTokens,
    reasoning,
    options,
  });
}
