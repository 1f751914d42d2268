import type { ProviderError } from "../../core/errors.ts";
import type { RunEvent } from "../../core/events.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** Statuses by which a server, or what stands before it, says that it serves nobody now. */
const CLOSED = new Set([502, 503, 529]);
/** Failures of any kind in a row that say the same. */
const MANY = 8;
/** Upper bound of the first wait between two probes, doubled with each further one ... */
const FIRST_WAIT_MS = 50;
/** ... up to this, and then to a share of how long the server has been away: one that is back is noticed soon. */
const SHORT_WAIT_MS = 100;
const SHARE_OF_OUTAGE = 0.05;
const LONGEST_WAIT_MS = 10_000;
const TELL_MS = 1_000;

export interface ServerContext {
  /** Its address as people may read it. */
  readonly name: string;
  readonly clock: Clock;
  /** Uniform on [0, 1): decides waits only, never a result. */
  readonly random: () => number;
  readonly tell: (event: RunEvent) => void;
}

/** One call to a server, told how it ended. */
export interface Attempt {
  /** The server has answered, be it with a refusal. */
  answered(): void;
  failed(error: ProviderError): void;
  /** The call never reached the server. */
  dropped(): void;
}

/** What all who ask one server share: whether it answers, and when it may be asked again. */
export interface Server {
  readonly name: string;
  /** Milliseconds until a call may begin; 0 when at once, infinite until a probe that is under way has ended. */
  wait(): number;
  /** Begins a call; while the server does not answer, it is the probe. */
  begin(): Attempt;
  /** Called whenever `wait` may have become shorter. */
  onChange(listener: () => void): void;
  /** Tells whoever watches that the server asked for rest. */
  rests(error: ProviderError, tries: number, since: number): void;
  /** Tells nobody anything more until the server has answered. */
  giveUp(): void;
  /** Whether the server has ever sent anything. */
  hasAnswered(): boolean;
  /** Whether it is waited for. */
  isAway(): boolean;
}

interface Outage {
  readonly since: number;
  why: string;
  tries: number;
  probeAt: number;
  isProbing: boolean;
  isTold: boolean;
}

/**
 * A server that does not answer is asked by one call at a time, at growing intervals (half to all of base * 2^n, then of a
 * twentieth of the outage), while all others wait: its first answer lets them go.
 */
export function sharedServer({ name, clock, random, tell }: ServerContext): Server {
  let outage: Outage | undefined;
  let failures = 0;
  let isKnown = false;
  let isGivenUp = false;
  let cancelTelling: (() => void) | undefined;
  const listeners: (() => void)[] = [];
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const secondsOf = ({ since }: { readonly since: number }): number =>
    Math.round((clock.now() - since) / 1000);
  const telling = (): void => {
    if (outage === undefined) return;
    outage.isTold = true;
    tell({ type: "waiting", server: name, why: outage.why, tries: outage.tries, seconds: secondsOf(outage) });
    cancelTelling = clock.after(TELL_MS, telling);
  };
  const nextWait = (tries: number, awayMs: number, error: ProviderError): number => {
    const longest = Math.min(LONGEST_WAIT_MS, Math.max(SHORT_WAIT_MS, SHARE_OF_OUTAGE * awayMs));
    const backOff = (0.5 + random() / 2) * Math.min(longest, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 10));
    return Math.max(backOff, error.retryAfterMs ?? 0);
  };
  const answered = (): void => {
    isKnown = true;
    isGivenUp = false;
    failures = 0;
    if (outage === undefined) return;
    cancelTelling?.();
    if (outage.isTold) tell({ type: "answering", server: name, seconds: secondsOf(outage) });
    outage = undefined;
    changed();
  };
  const failed = (error: ProviderError, isProbe: boolean): void => {
    failures++;
    if (error.status !== undefined) isKnown = true;
    if (outage !== undefined) {
      if (!isProbe) return; // of the generation that found the server gone
      outage.isProbing = false;
      outage.tries++;
      outage.why = error.words;
      outage.probeAt = clock.now() + nextWait(outage.tries, clock.now() - outage.since, error);
      changed();
      return;
    }
    const isGone =
      error.isAbsent || error.status === undefined || (CLOSED.has(error.status) && !error.isInner);
    if (!isGone && failures < MANY) return;
    const now = clock.now();
    outage = {
      since: now,
      why: error.words,
      tries: 1,
      probeAt: now + nextWait(1, 0, error),
      isProbing: false,
      isTold: false,
    };
    // What is over within a second is not worth a word; nor is what nobody waits for, and a timer would keep a process alive.
    if (!isGivenUp) cancelTelling = clock.after(TELL_MS, telling);
  };
  return {
    name,
    hasAnswered: () => isKnown,
    isAway: () => outage !== undefined,
    onChange: (listener) => void listeners.push(listener),
    giveUp() {
      isGivenUp = true;
      cancelTelling?.();
    },
    rests: ({ words }, tries, since) =>
      tell({ type: "waiting", server: name, why: words, tries, seconds: secondsOf({ since }) }),
    wait() {
      if (outage === undefined) return 0;
      return outage.isProbing ? Number.POSITIVE_INFINITY : Math.max(0, outage.probeAt - clock.now());
    },
    begin() {
      const isProbe = outage !== undefined;
      if (outage !== undefined) outage.isProbing = true;
      return {
        answered,
        failed: (error) => failed(error, isProbe),
        dropped() {
          if (!isProbe || outage === undefined) return;
          outage.isProbing = false;
          changed();
        },
      };
    },
  };
}
