import { ApmError, ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { OneOrMore } from "./call.ts";
import type { ServerLimiter, TrafficLimiter } from "./limiter.ts";
import { waitingQueue } from "./waiting-queue.ts";

/**
 * The limiters of all servers of one model as one: a call goes to the server with the fewest in flight among those that
 * may be asked now, and waits, in one queue for all, while there is none. So a fast server is given as many calls as it
 * answers, and no call waits behind a slow one. What was under way at a server that is gone is asked of another at once;
 * the server itself is asked again now and then, by one call, until it answers.
 */
export function serverPool(
  limiters: OneOrMore<ServerLimiter>,
  clock: Clock,
  signal?: AbortSignal,
): TrafficLimiter {
  const queue = waitingQueue<number>();
  /** Calls that each server was given: of servers that have as few in flight, the one that had the fewest is next. */
  const given = limiters.map(() => 0);
  let cancelTimer: (() => void) | undefined;

  const freest = (): number | undefined => {
    let found: number | undefined;
    for (const [i, limiter] of limiters.entries()) {
      if (limiter.opensIn() > 0) continue;
      if (found === undefined) found = i;
      const fewer = limiter.inFlight() - (limiters[found] as ServerLimiter).inFlight();
      if (fewer < 0 || (fewer === 0 && (given[i] as number) < (given[found] as number))) found = i;
    }
    return found;
  };
  const pump = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (let next = queue.first(); next !== undefined; next = queue.first()) {
      const server = freest();
      if (server === undefined) {
        const soonest = Math.min(...limiters.map((limiter) => limiter.opensIn()));
        if (soonest !== Number.POSITIVE_INFINITY) cancelTimer = clock.after(Math.ceil(soonest), pump);
        return;
      }
      queue.removeFirst();
      (given[server] as number)++;
      next.admit(server);
    }
  };
  for (const limiter of limiters) limiter.onChange(pump);
  const rejectWaiting = (reason: unknown): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const { reject } of queue.clear()) reject(reason);
  };
  signal?.addEventListener("abort", () => rejectWaiting(signal.reason));

  const isGone = (error: unknown, server: number): boolean =>
    error instanceof ProviderError &&
    error.isRetryable &&
    (limiters[server] as ServerLimiter).isHeld() &&
    limiters.some((limiter) => !limiter.isHeld());

  /** One call at one server; it begins within `admit`, so that the next one finds it in flight. */
  const once = <T>(
    tokens: number,
    task: (server: number) => Promise<T>,
    usedTokens: ((result: T) => number) | undefined,
    tries: number,
  ): Promise<{ readonly server: number; readonly ended: PromiseSettledResult<T> }> =>
    new Promise((resolve, reject) => {
      const admit = (server: number): void => {
        const asked = (limiters[server] as ServerLimiter).run(
          tokens,
          () => task(server).catch((error: unknown) => Promise.reject(bearable(error, limiters, server))),
          usedTokens,
          tries,
        );
        void Promise.allSettled([asked]).then(([ended]) => resolve({ server, ended }));
      };
      queue.add({ tokens, admit, reject }, tries);
      pump();
    });

  return {
    allowed: () => limiters.reduce((sum, limiter) => sum + limiter.allowed(), 0),
    successes: () => limiters.reduce((sum, limiter) => sum + limiter.successes(), 0),
    isHeld: () => limiters.every((limiter) => limiter.isHeld()),
    async run(tokens, task, usedTokens, tries = 1) {
      if (signal?.aborted) throw signal.reason;
      for (let more = 0; ; more++) {
        const { server, ended } = await once(tokens, task, usedTokens, tries + more);
        if (ended.status === "fulfilled") return ended.value;
        const { reason } = ended;
        if (isGone(reason, server)) continue;
        // What waits can only fail as well.
        const endsAll =
          reason instanceof ProviderError
            ? reason.failure === "fatal" || reason.isFinal
            : reason instanceof ApmError;
        if (endsAll) rejectWaiting(reason);
        throw reason;
      }
    },
  };
}

/**
 * A server that has worked and now refuses everybody (its key has run out, its model is gone) is rested as one that is
 * away: the others go on. One that never worked is a mistake in the configuration, and ends the run.
 */
function bearable(error: unknown, limiters: readonly ServerLimiter[], server: number): unknown {
  if (!(error instanceof ProviderError) || error.failure !== "fatal") return error;
  if (limiters[server]?.successes() === 0) return error;
  const { message, where, remedy, words } = error;
  return new ProviderError(message, {
    failure: "transient",
    isAbsent: true,
    words,
    ...(where === undefined ? {} : { where }),
    ...(remedy === undefined ? {} : { remedy }),
    cause: error,
  });
}
