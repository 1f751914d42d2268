import { type ErrorDetails, ProviderError, type ProviderFailure, type Refusal } from "../../core/errors.ts";
import { noAnswer } from "../http/failures.ts";
import type { TransportError } from "../http/transport-error.ts";
import { type ErrorWords, errorWords } from "./error-words.ts";
import { judgeStatus } from "./judge-status.ts";
import type { Endpoint } from "./settings.ts";

/** A request in the words of an error message. */
export interface CallSite {
  /** `openai:gpt-oss-120b` */
  readonly id: string;
  readonly endpoint: Endpoint;
  /** Path and what was asked, without anything secret. */
  readonly summary: string;
}

function failureAt(
  { id, endpoint, summary }: CallSite,
  message: string,
  details: Omit<ErrorDetails, "where"> & {
    failure: ProviderFailure;
    status?: number;
    retryAfterMs?: number | undefined;
    words: string;
    tries?: number | undefined;
    isInner?: boolean;
    refuses?: Refusal | undefined;
  },
): ProviderError {
  return new ProviderError(endpoint.redact(`${id}: ${message}`), {
    ...details,
    where: endpoint.redact(`POST ${endpoint.origin}${summary}`),
  });
}

/** An HTTP status that is no success, with the server's own words. */
export function statusFailure(
  site: CallSite,
  status: number,
  body: string,
  retryAfterMs?: number | undefined,
): ProviderError {
  return errorFailure(site, status, errorWords(site.endpoint.redact(body)), { retryAfterMs });
}

/** An error that a server reports, by its status or inside an answer. */
export function errorFailure(
  site: CallSite,
  status: number,
  said: ErrorWords,
  { retryAfterMs, isInner = false }: { retryAfterMs?: number | undefined; isInner?: boolean } = {},
): ProviderError {
  const words = site.endpoint.redact(said.words);
  const { failure, remedy, refuses } = judgeStatus(site, status, `${said.hints} ${words}`);
  return failureAt(site, `HTTP ${status}${words === "" ? "" : `: ${words}`}`, {
    failure,
    status,
    remedy,
    refuses,
    isInner,
    retryAfterMs,
    words: `HTTP ${status}${words === "" ? "" : ` (${words.slice(0, 80)})`}`,
  });
}

const CHECK_ADDRESS = "check that baseUrl leads to an OpenAI-compatible API";

/** What came with a status of success is no answer of the API: worth another try. */
export function answerFailure(site: CallSite, what: string, body: string): ProviderError {
  const quoted = errorWords(site.endpoint.redact(body)).words;
  return failureAt(site, quoted === "" ? what : `${what}: ${quoted}`, {
    failure: "transient",
    status: 200,
    words: what,
    remedy: CHECK_ADDRESS,
  });
}

/** Tries of a request that a server that works answers with nothing. */
const TRIES_OF_NOTHING = 3;

/** An answer of the API that holds nothing: some servers have nothing else to say to a text, so few tries are enough. */
export function emptyFailure(site: CallSite, what: string, said = ""): ProviderError {
  const quoted = site.endpoint.redact(said);
  return failureAt(site, quoted === "" ? what : `${what}: ${quoted}`, {
    failure: "transient",
    status: 200,
    tries: TRIES_OF_NOTHING,
    words: what,
    remedy: "the server has no answer to this very text; see its own log",
  });
}

/** No complete answer came. */
export function transportFailure({ id, endpoint, summary }: CallSite, error: TransportError): ProviderError {
  const { origin, redact } = endpoint;
  return noAnswer({ prefix: `${id}: `, where: `POST ${origin}${summary}`, origin, redact }, error);
}
