import { ProviderError, type ProviderFailure, UsageError } from "../../core/errors.ts";
import type { HttpClient, HttpOptions } from "../../core/ports/http.ts";
import type { Environment } from "./dispatcher.ts";
import { noAnswer, type RequestSite } from "./failures.ts";
import type { HttpAnswer, Transport } from "./transport.ts";
import { TransportError } from "./transport-error.ts";

/** More than any answer should have. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Longest quotation of a server. */
const MOST_WORDS = 300;

/**
 * JSON to systems that are no language models: one request a call, which the guards make again where that can help.
 * @param env where `apiKeyEnv` is looked up
 */
export function jsonClient(env: Environment, transport: Transport): HttpClient {
  return {
    async postJson(url, body, options) {
      const { origin, pathname, search } = new URL(url);
      const key = keyOf(env, options);
      const redact = (text: string): string => (key === undefined ? text : text.replaceAll(key, "[key]"));
      const site = { prefix: "", where: `POST ${url}`, origin, redact };
      try {
        const answer = await transport.post({
          origin,
          path: pathname + search,
          headers: {
            "content-type": "application/json",
            accept: "application/json",
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          },
          body,
          timeoutMs: options.timeoutMs,
          mostBytes: MOST_BYTES,
        });
        return parsed(site, answer);
      } catch (error) {
        throw error instanceof TransportError ? noAnswer(site, error) : error;
      }
    },
  };
}

/** @throws UsageError when the variable holds nothing */
function keyOf(env: Environment, { apiKeyEnv }: HttpOptions): string | undefined {
  const key = apiKeyEnv === undefined ? undefined : env[apiKeyEnv]?.trim();
  if (apiKeyEnv !== undefined && !key) {
    throw new UsageError(`the environment variable ${apiKeyEnv} holds no key`, {
      where: "apiKeyEnv",
      remedy: `set it before the run, e.g. export ${apiKeyEnv}=...`,
    });
  }
  return key;
}

/** @throws ProviderError for any status but 2xx, and for an answer that is not JSON */
function parsed({ where, redact }: RequestSite, { status, text, retryAfterMs }: HttpAnswer): unknown {
  const words = redact(text).replace(/\s+/g, " ").trim().slice(0, MOST_WORDS);
  const failed = (message: string, failure: ProviderFailure, remedy: string): ProviderError =>
    new ProviderError(words === "" ? message : `${message}: ${words}`, {
      failure,
      status,
      where: redact(where),
      remedy,
      retryAfterMs,
      words: message,
    });
  if (status >= 200 && status < 300) {
    try {
      return JSON.parse(text);
    } catch {
      throw failed(
        "the answer is not JSON",
        "request",
        "answer with a JSON object, content type application/json",
      );
    }
  }
  const remedy = "see the server's own log";
  if (status === 400 || status === 413 || status === 422) throw failed(`HTTP ${status}`, "request", remedy);
  if (status >= 500 || [408, 409, 425, 429].includes(status))
    throw failed(`HTTP ${status}`, "transient", remedy);
  throw failed(`HTTP ${status}`, "fatal", "check the address, and the key if the server wants one");
}
