import { type ErrorDetails, ProviderError, type ProviderFailure } from "../../core/errors.ts";
import { noAnswer } from "../http/failures.ts";
import type { TransportError } from "../http/transport-error.ts";
import type { Endpoint } from "./settings.ts";

/** A request in the words of an error message. */
export interface CallSite {
  /** `openai:gpt-oss-120b` */
  readonly id: string;
  readonly endpoint: Endpoint;
  /** Path and what was asked, without anything secret. */
  readonly summary: string;
}

/** Longest quotation of a server. */
const MOST_WORDS = 300;

function failureAt(
  { id, endpoint, summary }: CallSite,
  message: string,
  details: Omit<ErrorDetails, "where"> & {
    failure: ProviderFailure;
    status?: number;
    retryAfterMs?: number | undefined;
    words: string;
  },
): ProviderError {
  return new ProviderError(endpoint.redact(`${id}: ${message}`), {
    ...details,
    where: endpoint.redact(`POST ${endpoint.origin}${summary}`),
  });
}

/** An HTTP status that is not 200, with the server's own words. */
export function statusFailure(
  site: CallSite,
  status: number,
  body: string,
  retryAfterMs?: number | undefined,
): ProviderError {
  const { words, code } = wordsOf(site.endpoint.redact(body));
  const { failure, remedy } = judgeStatus(site, status, `${code} ${words}`);
  return failureAt(site, `HTTP ${status}${words === "" ? "" : `: ${words}`}`, {
    failure,
    status,
    remedy,
    retryAfterMs,
    words: `HTTP ${status}`,
  });
}

/** An answer with status 200 that cannot be used: worth another try. */
export function answerFailure(site: CallSite, what: string, body: string): ProviderError {
  const quoted = wordsOf(site.endpoint.redact(body)).words;
  return failureAt(site, quoted === "" ? what : `${what}: ${quoted}`, {
    failure: "transient",
    status: 200,
    words: what,
    remedy: "check that baseUrl leads to an OpenAI-compatible API",
  });
}

function judgeStatus(
  { id, endpoint }: CallSite,
  status: number,
  words: string,
): { failure: ProviderFailure; remedy: string } {
  const said = (pattern: RegExp): boolean => pattern.test(words);
  const checkModel = `check the model's name ("${id}") and baseUrl (${endpoint.origin}${endpoint.path})`;
  const checkKey =
    endpoint.variables.length === 0
      ? "name the environment variable that holds the key: apiKeyEnv"
      : `check the key in the environment variable ${endpoint.variables.join(", ")}`;
  if (status === 402 || (status === 429 && said(/insufficient_quota|billing/i))) {
    return { failure: "fatal", remedy: "top up the account; completed calls are stored and not repeated" };
  }
  if (status === 408 || status === 409 || status === 425 || status === 429) {
    return { failure: "transient", remedy: "lower concurrency, requestsPerMinute or tokensPerMinute" };
  }
  if (status === 401) return { failure: "fatal", remedy: checkKey };
  if (status === 403 && said(/moderat|flagged|content.?(policy|filter)/i)) {
    return { failure: "request", remedy: "the server declines this very text" };
  }
  if (status === 403) return { failure: "fatal", remedy: `${checkKey}, and what it is allowed to use` };
  if (status === 501) return { failure: "fatal", remedy: checkModel };
  if (status >= 500) return { failure: "transient", remedy: "check the server's own log" };
  if (status === 400 || status === 413 || status === 422) {
    if (said(/model_not_found|model\b.{0,200}\b(not (exist|found)|unknown|does not exist)|unknown model/i)) {
      return { failure: "fatal", remedy: checkModel };
    }
    if (
      said(
        /(unsupported|unknown|unrecognized|invalid)[ _](request )?(parameter|argument|value|field)|extra_forbidden|extra inputs/i,
      )
    ) {
      return {
        failure: "fatal",
        remedy: "take the setting that the server names out of the model's configuration",
      };
    }
    return { failure: "request", remedy: "shorten the texts, or use a model with a longer context" };
  }
  return { failure: "fatal", remedy: checkModel };
}

/** No complete answer came. */
export function transportFailure({ id, endpoint, summary }: CallSite, error: TransportError): ProviderError {
  const { origin, redact } = endpoint;
  return noAnswer({ prefix: `${id}: `, where: `POST ${origin}${summary}`, origin, redact }, error);
}

/** The server's own message out of the usual shapes of an error body, or the start of whatever it sent. */
function wordsOf(body: string): { words: string; code: string } {
  let words: unknown = body;
  let code = "";
  try {
    const parsed = JSON.parse(body) as Record<string, unknown>;
    const error = (parsed.error ?? parsed) as Record<string, unknown> | string;
    if (typeof error === "string") words = error;
    else {
      words = error.message ?? error.detail ?? body;
      code = String(error.code ?? error.type ?? "");
    }
  } catch {
    // Not JSON: quoted as it is.
  }
  const text = (typeof words === "string" ? words : JSON.stringify(words)).replace(/\s+/g, " ").trim();
  return { words: text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS)}...` : text, code };
}
