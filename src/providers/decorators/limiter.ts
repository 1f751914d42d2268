import { ApmError, ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { leasedPace, type SharedLimits } from "./leased-pace.ts";
import { NO_PACE, ownPace, type Pace } from "./pace.ts";
import { type Patience, patienceWith } from "./patience.ts";
import type { Attempt, Server } from "./server.ts";
import { waitingQueue } from "./waiting-queue.ts";

export interface TrafficLimits {
  /** Calls in flight at most, at least 1. */
  readonly concurrency: number;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  /** Where several machines share what a minute allows. */
  readonly leases?: SharedLimits | undefined;
  /** How long a model that gives no answer is waited for. */
  readonly patienceMs?: number | undefined;
}

/** Admits calls to one model in the order in which they came; those that were tried before go first. */
export interface TrafficLimiter {
  /**
   * Runs `task` when the limits allow it; of several servers it is told which one, by its number.
   * @param tokens expected tokens of the call
   * @param usedTokens tokens that it then took, by its result
   * @param tries how often the call has been made, this time included
   * @throws the signal's reason when the limiter was aborted before the task began; the failure of another task that no
   *   call can outlive; a final ProviderError when patience is used up
   */
  run<T>(
    tokens: number,
    task: (server: number) => Promise<T>,
    usedTokens?: (result: T) => number,
    tries?: number,
  ): Promise<T>;
  /** Calls that may be in flight now: the configured number, or fewer while the server is overloaded. */
  allowed(): number;
  /** Calls that have succeeded. */
  successes(): number;
  /** Whether calls wait for the server to answer again. */
  isHeld(): boolean;
}

/** The limiter of one server, of which others may be there. */
export interface ServerLimiter extends TrafficLimiter {
  inFlight(): number;
  /** Milliseconds until one more call would begin: 0 when at once, infinite until something else has happened. */
  opensIn(): number;
  /** Called whenever `opensIn` may have become shorter. */
  onChange(listener: () => void): void;
}

/** What a call is given when it is let through. */
interface Admitted {
  readonly attempt: Attempt | undefined;
  /** Called once, with the tokens that it took. */
  settle(usedTokens: number): void;
}

/** Statuses by which a server says that it is asked for too much; 408 also stands for a time limit of our own. */
const OVERLOAD = new Set([408, 429, 503, 504, 529]);

/** A server that asks for a longer rest (a daily quota) is not waited for. */
const LONGEST_REST_MS = 15 * 60_000;
/** Rests that are worth a word to whoever watches. */
const LONG_REST_MS = 1_000;

/** What remains of the concurrency after a sign of overload. */
const BACK_OFF = 0.5;
/** Share of the full concurrency that comes back with one round of successful calls. */
const CLIMB = 1 / 16;

/**
 * Concurrency adapts as TCP does (additive increase, multiplicative decrease; Chiu and Jain, 1989), with at most one
 * decrease per generation of calls; after an outage it doubles with each round up to half of what it was ("slow start";
 * Jacobson, 1988). Requests and tokens per minute are paced evenly, with up to one second's worth at once. Aborting
 * rejects what waits and lets what is in flight end.
 * @param server what is shared by all who ask it; without one, nobody waits for its return
 * @param patience shared by the servers of one model; without it the server is waited for on its own
 */
export function trafficLimiter(
  limits: TrafficLimits,
  clock: Clock,
  signal?: AbortSignal,
  server?: Server,
  patience: Patience = patienceWith(server, clock, limits.patienceMs),
): ServerLimiter {
  const ceiling = Math.max(1, limits.concurrency);
  let window = ceiling;
  let threshold = 1;
  let inFlight = 0;
  let successes = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let lastDecrease = Number.NEGATIVE_INFINITY;
  const paceOf = (unit: "requests" | "tokens", perMinute: number | undefined): Pace => {
    if (perMinute === undefined) return NO_PACE;
    if (limits.leases === undefined) return ownPace(perMinute, clock.now());
    return leasedPace(limits.leases, unit, perMinute, clock, {
      changed() {
        pump();
        changed();
      },
      failed: (error) => rejectWaiting(error),
    });
  };
  const requestPace = paceOf("requests", limits.requestsPerMinute);
  const tokenPace = paceOf("tokens", limits.tokensPerMinute);

  const queue = waitingQueue<Admitted>();
  const listeners: (() => void)[] = [];
  let cancelTimer: (() => void) | undefined;

  // A probe may go though other calls still hang at a server that is gone.
  const hasRoom = (): boolean => inFlight < Math.max(1, Math.floor(window)) || server?.isAway() === true;
  const waitAt = (now: number, tokens: number): number => {
    const held = Math.max(0, pausedUntil - now, server?.wait() ?? 0);
    if (held > 0) return held;
    const waiting = Math.max(1, Math.min(queue.size(), Math.floor(window) - inFlight));
    return Math.max(0, requestPace.wait(now, 1, waiting), tokenPace.wait(now, tokens, waiting));
  };

  const pump = (): void => {
    for (;;) {
      const next = hasRoom() ? queue.first() : undefined;
      if (next === undefined) return;
      const now = clock.now();
      const wait = waitAt(now, next.tokens);
      if (wait > 0) {
        if (wait === Number.POSITIVE_INFINITY) return;
        cancelTimer ??= clock.after(Math.ceil(wait), () => {
          cancelTimer = undefined;
          pump();
        });
        return;
      }
      queue.removeFirst();
      inFlight++;
      const settles = [requestPace.take(now, 1), tokenPace.take(now, next.tokens)];
      next.admit({
        attempt: server?.begin(),
        settle(used) {
          for (const [i, settle] of settles.entries()) settle(clock.now(), i === 0 ? 1 : used);
        },
      });
    }
  };
  server?.onChange(() => {
    cancelTimer?.();
    cancelTimer = undefined;
    pump();
    changed();
  });
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  const rejectWaiting = (reason: unknown): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const pace of [requestPace, tokenPace]) pace.rest();
    for (const { reject } of queue.clear()) reject(reason);
  };

  /** What the caller is told: the error, or that patience is used up. */
  const failed = (error: unknown, attempt: Attempt | undefined, startedAt: number): unknown => {
    if (!(error instanceof ProviderError)) {
      // A stop, or a server that cannot be had: nobody waits for it any more.
      if (error instanceof ApmError) {
        server?.giveUp();
        rejectWaiting(error);
      }
      attempt?.dropped();
      return error;
    }
    if (error.failure !== "transient") {
      attempt?.answered();
      // What waits can only fail as well; at a slow pace that would take long.
      if (error.failure === "fatal") rejectWaiting(error);
      return error;
    }
    if (error.tries !== undefined) {
      attempt?.answered(); // the server works, and has nothing to say to this request
      return error;
    }
    attempt?.failed(error);
    const isHeld = (server?.wait() ?? 0) > 0;
    const rest = error.retryAfterMs ?? 0;
    const told = rest > LONGEST_REST_MS ? patience.end(error) : patience.failed(error);
    if (told !== error) {
      server?.giveUp();
      rejectWaiting(told);
      return told;
    }
    const isOverload = error.status !== undefined && OVERLOAD.has(error.status);
    if (!isHeld && !isOverload) return told;
    const now = clock.now();
    pausedUntil = Math.max(pausedUntil, now + rest);
    if (rest >= LONG_REST_MS && !isHeld) server?.rests(error, patience.tries(), patience.since());
    if (startedAt < lastDecrease) return told; // of the generation that has been answered already
    lastDecrease = now;
    threshold = Math.max(1, window * BACK_OFF);
    window = isHeld ? 1 : threshold;
    return told;
  };

  signal?.addEventListener("abort", () => {
    server?.giveUp();
    rejectWaiting(signal.reason);
  });

  return {
    allowed: () => Math.max(1, Math.floor(window)),
    successes: () => successes,
    isHeld: () => (server?.wait() ?? 0) > 0,
    inFlight: () => inFlight,
    opensIn: () =>
      hasRoom() && queue.first() === undefined ? waitAt(clock.now(), 0) : Number.POSITIVE_INFINITY,
    onChange: (listener) => void listeners.push(listener),
    async run(tokens, task, usedTokens, tries = 1) {
      if (signal?.aborted) throw signal.reason;
      const { attempt, settle } = await new Promise<Admitted>((admit, reject) => {
        queue.add({ tokens, admit, reject }, tries);
        pump();
      });
      const startedAt = clock.now();
      let used = tokens;
      try {
        const result = await task(0);
        successes++;
        patience.succeeded();
        attempt?.answered();
        window = Math.min(ceiling, window < threshold ? window + 1 : window + (ceiling * CLIMB) / window);
        if (usedTokens) used = usedTokens(result);
        return result;
      } catch (error) {
        throw failed(error, attempt, startedAt);
      } finally {
        inFlight--;
        settle(used);
        pump();
        changed();
      }
    },
  };
}
