import { Readable } from "node:stream";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { type Dispatcher, fetch as undiciFetch } from "undici";
import { connections, type Environment } from "./dispatcher.ts";
import { retryAfterOf } from "./retry-after.ts";
import { TransportError } from "./transport-error.ts";

/** Beyond it something else than an answer is being sent. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Moves to another path of the same server that are followed. */
const MOST_MOVES = 3;

/** JSON that is posted. */
export interface Post {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The text, or its pieces, iterated anew for each try: a large one never stands in memory as a whole. */
  readonly body: string | Iterable<string>;
  /** Longest wait for a complete answer. */
  readonly timeoutMs: number;
  readonly mostBytes?: number;
}

/** Any complete answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** The server's own wish, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Where an answer that moves the caller elsewhere points to. */
  readonly location: string | undefined;
}

/** The one way to servers: proxies, time limits, sizes and encodings are dealt with here. */
export interface Transport {
  /** @throws TransportError when no complete answer came */
  post(post: Post): Promise<HttpAnswer>;
  /** For libraries that ask for one; ends with the run. */
  readonly fetch: typeof fetch;
}

/**
 * @param stop ends what `fetch` has begun
 * @param dispatcher connections to use in place of the transport's own
 * @throws UsageError for proxy settings that cannot work
 */
export function httpTransport(env: Environment, stop?: AbortSignal, dispatcher?: Dispatcher): Transport {
  const to = dispatcher === undefined ? connections(env) : () => dispatcher;
  return {
    post: (post) => dispatched(to(post.origin), post, post.path, MOST_MOVES),
    fetch: ((input: string, init: RequestInit = {}) => {
      const signals = [init.signal, stop].filter((signal) => signal != null);
      return undiciFetch(input, {
        ...init,
        ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
        dispatcher: to(new URL(input).origin),
      } as Parameters<typeof undiciFetch>[1]);
    }) as unknown as typeof fetch,
  };
}

/** Only within one server: a key is never sent to another. */
function movedTo({ status, location }: HttpAnswer, origin: string, path: string): string | undefined {
  if ((status !== 307 && status !== 308) || location === undefined) return undefined;
  if (!URL.canParse(location, origin + path)) return undefined;
  const url = new URL(location, origin + path);
  return url.origin === origin ? url.pathname + url.search : undefined;
}

function dispatched(dispatcher: Dispatcher, post: Post, path: string, moves: number): Promise<HttpAnswer> {
  const { origin, headers, body, timeoutMs, mostBytes = MOST_BYTES } = post;
  return new Promise((resolve, reject) => {
    // One limit for all of it: a server that sends a little now and then would never trip limits between two pieces.
    let controller: { abort(reason: Error): void } | undefined;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      if (controller === undefined) reject(late(timeoutMs));
      else controller.abort(late(timeoutMs));
    }, timeoutMs);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status: number | undefined;
    let seen: Readonly<Record<string, string | string[] | undefined>> = {};
    dispatcher.dispatch(
      {
        origin,
        path,
        method: "POST",
        ...(typeof body === "string"
          ? { headers, body }
          : {
              // Stated, because small servers do not read a body of unknown length.
              headers: { ...headers, "content-length": String(lengthOf(body)) },
              body: Readable.from(body, { objectMode: false }),
            }),
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (isLate) started.abort(late(timeoutMs));
        },
        onResponseStart(_controller, statusCode, given) {
          status = statusCode;
          seen = given;
        },
        onResponseData(reading, chunk) {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > mostBytes) reading.abort(tooLarge(mostBytes));
        },
        onResponseEnd() {
          clearTimeout(timer);
          try {
            const answer: HttpAnswer = {
              status: status ?? 0,
              text: decoded(chunks, seen["content-encoding"], mostBytes),
              retryAfterMs: retryAfterOf(seen),
              location: typeof seen.location === "string" ? seen.location : undefined,
            };
            const next = moves > 0 ? movedTo(answer, origin, path) : undefined;
            resolve(next === undefined ? answer : dispatched(dispatcher, post, next, moves - 1));
          } catch (error) {
            reject(new TransportError("broken", codeOf(error), (error as Error).message, status, error));
          }
        },
        onResponseError(_controller, error) {
          clearTimeout(timer);
          reject(error instanceof TransportError ? error : failureOf(error, status));
        },
      },
    );
  });
}

function lengthOf(pieces: Iterable<string>): number {
  let length = 0;
  for (const piece of pieces) length += Buffer.byteLength(piece);
  return length;
}

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** The text of an answer; some servers compress what nobody asked them to. */
function decoded(
  chunks: readonly Buffer[],
  encoding: string | string[] | undefined,
  mostBytes: number,
): string {
  const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  const decoder = typeof encoding === "string" ? DECODERS[encoding.trim().toLowerCase()] : undefined;
  const text = (decoder === undefined ? whole : decoder(whole, { maxOutputLength: mostBytes })).toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

const late = (timeoutMs: number): TransportError =>
  new TransportError("late", "timeout", `no complete answer within ${timeoutMs / 1000} s`, 408);

const tooLarge = (mostBytes: number): TransportError =>
  new TransportError("broken", "size", `an answer of more than ${mostBytes} bytes`);

/** Nobody is there, or the name is known to nobody. */
const ABSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;
/** Trouble below HTTP that another try cannot mend. */
const HOPELESS =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|UND_ERR_INVALID_ARG|HPE_INVALID_CONSTANT)/;

function failureOf(error: Error, status: number | undefined): TransportError {
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  const code = codeOf(first);
  const kind = ABSENT.test(code) ? "absent" : HOPELESS.test(code) ? "hopeless" : "broken";
  return new TransportError(kind, code, first.message || code, status, error);
}

const codeOf = (error: unknown): string => {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name ?? "error";
};
