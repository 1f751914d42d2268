/** Spreads what a minute allows over its seconds. Units are requests, or tokens. */
export interface Pace {
  /**
   * Milliseconds until a call of so many units may begin: 0 when at once, infinite until something else has happened.
   * @param waiting how many such calls could begin now
   */
  wait(now: number, units: number, waiting: number): number;
  /** @returns to be told, with the time, how many units the call has taken in the end */
  take(now: number, units: number): (now: number, used: number) => void;
  /** Nobody waits any more: no leave is asked for, and no timer keeps the process, until somebody does. */
  rest(): void;
}

/** Nothing is limited. */
export const NO_PACE: Pace = { wait: () => 0, take: () => () => {}, rest: () => {} };

/**
 * The virtual scheduling form of the leaky bucket (ITU-T I.371): `due` is when all that was taken will have drained.
 * One second's worth may go ahead of it; the drain is slower by as much, so that no minute exceeds the limit.
 */
export function ownPace(perMinute: number, start: number): Pace {
  const burst = Math.floor(perMinute / 60);
  const msPerUnit = 60_000 / (perMinute - burst || 1);
  let due = start;
  const take = (now: number, units: number): void => {
    due = Math.max(due, now) + units * msPerUnit;
  };
  return {
    wait: (now) => due - now - burst * msPerUnit,
    take(now, units) {
      take(now, units);
      return (later, used) => {
        if (used !== units) take(later, used - units);
      };
    },
    rest: () => {},
  };
}
