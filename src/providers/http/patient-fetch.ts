import type { Clock } from "../../core/ports/clock.ts";
import { pause } from "./pause.ts";
import { retryAfterOf } from "./retry-after.ts";

export interface PatientOptions {
  readonly clock: Clock;
  /** Told before each wait. */
  readonly note: (message: string) => void;
  readonly stop: AbortSignal;
  /** Longest sum of waits for one answer, in milliseconds. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 5 * 60_000;
const FIRST_WAIT_MS = 5_000;

/**
 * A fetch that asks again when a server is too busy (429, 503): after the time that it names in Retry-After, else after
 * times that double. An answer that would take longer than the patience is handed on as it is.
 */
export function patientFetch(
  fetch: typeof globalThis.fetch,
  { clock, note, stop, patienceMs = PATIENCE_MS }: PatientOptions,
): typeof globalThis.fetch {
  return (async (input: string, init?: RequestInit) => {
    let waited = 0;
    for (let tries = 0; ; tries++) {
      const response = await fetch(input, init);
      if (response.status !== 429 && response.status !== 503) return response;
      const asked = retryAfterOf(Object.fromEntries(response.headers));
      const wait = asked ?? FIRST_WAIT_MS * 2 ** tries;
      const host = new URL(input).host;
      const says = `${host} is too busy (HTTP ${response.status})${asked === undefined ? "" : ` and asks to wait ${seconds(asked)}`}`;
      if (waited + wait > patienceMs) {
        if (tries === 0 && asked !== undefined) note(`${says}, which is too long`);
        return response;
      }
      note(asked === undefined ? `${says}; waiting ${seconds(wait)}` : `${says}; waiting`);
      await response.body?.cancel();
      await pause(wait, clock, stop);
      waited += wait;
    }
  }) as typeof globalThis.fetch;
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1000).toLocaleString("en-US")} s`;
