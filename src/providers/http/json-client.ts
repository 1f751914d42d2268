import { ProviderError, type ProviderFailure } from "../../core/errors.ts";
import type { HttpClient } from "../../core/ports/http.ts";
import { credentialsOf, withParameters } from "./credentials.ts";
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
 * @param env where keys are looked up
 */
export function jsonClient(env: Environment, transport: Transport): HttpClient {
  return {
    async postJson(url, body, options) {
      const { origin, pathname, search } = new URL(url);
      const { headers, query, redact, redactAnswer } = credentialsOf(options, env, url);
      const site = { prefix: "", where: `POST ${url}`, origin, redact };
      try {
        const answer = await transport.post({
          origin,
          path: pathname + withParameters(search, query),
          headers: {
            "content-type": "application/json",
            accept: "application/json",
            ...headers,
          },
          body,
          timeoutMs: options.timeoutMs,
          mostBytes: MOST_BYTES,
        });
        return parsed(site, { ...answer, text: redactAnswer(answer.text) });
      } catch (error) {
        throw error instanceof TransportError ? noAnswer(site, error) : error;
      }
    },
  };
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
