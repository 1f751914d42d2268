import { ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Call } from "./call.ts";
import type { TrafficLimiter } from "./limiter.ts";
import { givenUp } from "./patience.ts";

export interface RetryPolicy {
  readonly clock: Clock;
  /** Uniform on [0, 1): decides waits only, never a result. */
  readonly random: () => number;
  /** Ends a wait, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told of requests that the server cannot serve, in whatever way they are put. */
  readonly onRefusal?: ((error: ProviderError) => void) | undefined;
}

/** Upper bound of the first wait, doubled with each further one ... */
const BASE_MS = 500;
/** ... up to this. A server's own Retry-After is honoured, too. */
const CAP_MS = 10_000;
/** A request that failed so often while others were answered is one that the server cannot serve. */
const STRIKES = 10;
/** A time limit takes long already. */
const STRIKES_OF_TIMEOUT = 3;
/** Statuses that say nothing about this very request. */
const BUSY = new Set([429, 503, 529]);
/** Even then not for ever, while others are answered. */
const LONGEST_BUSY_MS = 5 * 60_000;

/**
 * A call that is made again after transient failures, waiting a uniform share of base * 2^n in between ("full jitter";
 * M. Brooker, AWS Architecture Blog, 2015), or as long as the server asks for. How long a server is waited for is the
 * limiter's to say; a request that fails while others are answered becomes one that cannot be served.
 * @throws the first error that is not transient, or that is final
 */
export function patient<Q, R>(call: Call<Q, R>, policy: RetryPolicy, limiter?: TrafficLimiter): Call<Q, R> {
  const { clock, random } = policy;
  return async (request) => {
    let firstFailure: number | undefined;
    let answered = limiter?.successes() ?? 0;
    let strikes = 0;
    let empty = 0;
    for (let tries = 1; ; tries++) {
      try {
        return await call(request, tries);
      } catch (error) {
        if (!(error instanceof ProviderError && error.isRetryable)) throw told(error, policy);
        const successes = limiter?.successes() ?? 0;
        firstFailure ??= clock.now();
        const isBusy = BUSY.has(error.status ?? 0) && clock.now() - firstFailure < LONGEST_BUSY_MS;
        // Without a limiter nobody knows of others.
        const isStrike = limiter === undefined || (successes > answered && !isBusy);
        if (isStrike) strikes += error.status === 408 ? STRIKES_OF_TIMEOUT : 1;
        answered = successes;
        if (error.tries !== undefined) empty++;
        if (strikes >= STRIKES || empty >= (error.tries ?? Number.POSITIVE_INFINITY))
          throw told(unserved(error, tries), policy);
        if (limiter?.isHeld() === true) continue; // it lets us through when the server may be asked again
        const backOff = random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(tries - 1, 10));
        await sleep(Math.max(backOff, error.retryAfterMs ?? 0), policy);
      }
    }
  };
}

function told(error: unknown, { onRefusal }: RetryPolicy): unknown {
  const isLost = error instanceof ProviderError && error.failure === "request" && error.refuses === undefined;
  if (isLost) onRefusal?.(error);
  return error;
}

function unserved(error: ProviderError, tries: number): ProviderError {
  const { message, where, remedy, status } = givenUp(error, tries, 0);
  return new ProviderError(message, {
    failure: "request",
    status,
    words: error.words,
    ...(where === undefined ? {} : { where }),
    ...(remedy === undefined ? {} : { remedy }),
    cause: error,
  });
}

function sleep(ms: number, { clock, signal }: RetryPolicy): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}
