import { ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import { LONGEST_REST_MS } from "./limiter.ts";

export interface RetryPolicy {
  /** Attempts in all, at least 1. */
  readonly tries: number;
  /** Upper bound of the first wait, doubled with each further one. */
  readonly baseMs: number;
  /** No back-off is longer. A server's own Retry-After is honoured up to `LONGEST_REST_MS`; beyond, it ends the tries. */
  readonly capMs: number;
  readonly clock: Clock;
  /** Uniform on [0, 1): decides waits only, never a result. */
  readonly random: () => number;
  /** Ends a wait, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `task` again after transient failures, waiting a uniform share of base * 2^n in between ("full jitter";
 * M. Brooker, AWS Architecture Blog, 2015), or as long as the server asks for.
 * @throws the first error that is not transient, or the last one with the number of tries
 */
export async function retry<T>(policy: RetryPolicy, task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof ProviderError && error.isRetryable)) throw error;
      const isTooLong = (error.retryAfterMs ?? 0) > LONGEST_REST_MS;
      if (attempt >= policy.tries || isTooLong) throw givenUp(error, attempt);
      const backOff = policy.random() * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
      await sleep(Math.max(backOff, error.retryAfterMs ?? 0), policy);
    }
  }
}

export function retryingModel(model: LanguageModel, policy: RetryPolicy): LanguageModel {
  return wrapModel(model, (request) => retry(policy, () => model.generate(request)));
}

function givenUp(error: ProviderError, tries: number): ProviderError {
  const again = "when it answers again, run the same command: completed calls are stored and not repeated";
  const rest =
    error.retryAfterMs === undefined ? "" : `, try again in ${Math.ceil(error.retryAfterMs / 1000)} s`;
  return new ProviderError(`${error.message} (${tries} ${tries === 1 ? "try" : "tries"}${rest})`, {
    failure: "transient",
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.where === undefined ? {} : { where: error.where }),
    remedy: error.remedy === undefined ? `check the server; ${again}` : `${error.remedy}; ${again}`,
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
