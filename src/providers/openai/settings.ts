import { addressTrouble } from "../../core/config/secrets.ts";
import { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { ServerKeys } from "../../core/ports/http.ts";
import type { TrainableModel } from "../../core/ports/trainer.ts";
import { credentialsOf, withParameters } from "../http/credentials.ts";
import type { Environment } from "../http/dispatcher.ts";

/** A model behind an OpenAI-compatible API; the shape of a model's configuration. */
export interface OpenAISettings extends ServerKeys {
  readonly model: string;
  /** Root of the API, with its version: `http://localhost:8000/v1`. OpenAI's own when absent. */
  readonly baseUrl?: string | undefined;
  /** Longest wait for a complete answer, in seconds. */
  readonly timeoutSeconds?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  /** Each request is sent one of its own, made from it (`requestSeed`). */
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly maxTokens?: number | undefined;
  readonly reasoning?: boolean | "low" | "medium" | "high" | undefined;
  /** Further fields of the request body, as the server wants them. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** Where requests go and with what keys. */
export interface Endpoint {
  readonly origin: string;
  /** Path below which the API's own paths begin, without a slash at the end. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Names of the variables that keys came from, for error messages. */
  readonly variables: readonly string[];
  /** Takes every key out of a text. */
  redact(text: string): string;
  /** The same of an answer: see `Credentials`. */
  redactAnswer(text: string): string;
}

const OPENAI = "https://api.openai.com/v1";
/** A long reasoning answer of a busy server takes minutes. */
const TIMEOUT_SECONDS = 600;
const OPENAI_KEY = { apiKeyEnv: "OPENAI_API_KEY" };
const ELSEWHERE =
  'name another server by its address, { "provider": "openai", "model": "...", "baseUrl": "..." }; those of this machine ' +
  "are found by ollama:MODEL, lmstudio:MODEL, llamacpp:MODEL, or localhost";

/** A model without an address is OpenAI's own, which is seldom meant where its name is an address or there is no key. */
function checkUnaddressed(settings: OpenAISettings, env: Environment): void {
  if (/^https?:\/\//i.test(settings.model)) {
    // It may hold a secret, so it is not quoted.
    const where = "models (openai)";
    throw new UsageError("an address stands where the model's name belongs", { where, remedy: ELSEWHERE });
  }
  const { apiKeyEnv } = OPENAI_KEY;
  if (hasKey(settings) || env[apiKeyEnv]?.trim()) return;
  throw new UsageError(`the environment variable ${apiKeyEnv} holds no key`, {
    where: `models (openai:${settings.model})`,
    remedy: `set it before the run, e.g. export ${apiKeyEnv}=..., to ask OpenAI's own API; ${ELSEWHERE}`,
  });
}

/** @throws UsageError for an address that is none, or a key that is missing or cannot be sent */
export function endpointOf(settings: OpenAISettings, env: Environment): Endpoint {
  const address = settings.baseUrl ?? OPENAI;
  if (settings.baseUrl === undefined) checkUnaddressed(settings, env);
  const where = `models (openai:${settings.model})`;
  const trouble = addressTrouble(address);
  if (trouble !== undefined) {
    // It may hold a secret, so it is not quoted.
    throw new UsageError(`baseUrl: ${trouble}`, {
      where,
      remedy: "write the root of the API with its version, such as http://localhost:8000/v1",
    });
  }
  const url = new URL(address);
  const names = { ...keyNames(settings), ...(isOpenAI(url) && !hasKey(settings) ? OPENAI_KEY : {}) };
  const { headers, query, redact, redactAnswer } = credentialsOf(names, env, where);
  return {
    origin: url.origin,
    path: url.pathname.replace(/\/+$/, ""),
    query: withParameters(url.search, query),
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    timeoutMs: (settings.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000,
    variables: variablesOf(names),
    redact,
    redactAnswer,
  };
}

const isOpenAI = ({ origin }: URL): boolean => origin === new URL(OPENAI).origin;
const hasKey = (names: ServerKeys): boolean => variablesOf(names).length > 0;

const keyNames = ({ apiKeyEnv, headersEnv, basicAuthEnv, queryEnv }: ServerKeys): ServerKeys => ({
  apiKeyEnv,
  headersEnv,
  basicAuthEnv,
  queryEnv,
});

function variablesOf({ apiKeyEnv, headersEnv, basicAuthEnv, queryEnv }: ServerKeys): string[] {
  const named = [
    apiKeyEnv,
    basicAuthEnv,
    ...Object.values(headersEnv ?? {}),
    ...Object.values(queryEnv ?? {}),
  ];
  return named.filter((name) => name !== undefined);
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

/** Whether another draw is none: temperature 0, and no seed that is counted on. */
export const saysTheSame = ({ temperature, seed }: Pick<OpenAISettings, "temperature" | "seed">): boolean =>
  temperature === 0 && seed === undefined;

/** Of an answer, where neither the configuration nor a server says. */
const MOST_TOKENS = 1024;

/** An open LLM goes by the name of its repository on the hub, under which a trainer finds it, too. */
export function trainableByName({
  model,
  temperature,
  topP,
  topK,
  minP,
  stop = [],
  maxTokens = MOST_TOKENS,
}: Omit<OpenAISettings, "baseUrl">): TrainableModel | undefined {
  if (!/^[\w.-]+\/[\w.-]+$/.test(model)) return undefined;
  const given = { temperature, topP, topK, minP };
  const sampling = Object.fromEntries(
    Object.entries(given).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  );
  return { model: { name: model }, sampling, maxTokens, stop };
}
