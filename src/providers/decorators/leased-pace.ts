import type { Clock } from "../../core/ports/clock.ts";
import { LEASED_MS, type TrafficLease, type TrafficLeases } from "../../core/ports/traffic-leases.ts";
import type { Pace } from "./pace.ts";

/** What a server allows a minute, over several machines. */
export interface SharedLimits {
  readonly leases: TrafficLeases;
  /** Tells server and model from others. */
  readonly name: string;
}

/** Told by a pace whose leave comes from outside. */
export interface PaceListener {
  /** Calls may begin, or ask again. */
  changed(): void;
  /** No lease can be had. */
  failed(error: unknown): void;
}

/** A lease in use. */
interface Held extends TrafficLease {
  readonly usableUntil: number;
  left: number;
  used: number;
  inFlight: number;
}

/**
 * The pace of one machine among several: calls begin with leases, and with nothing else. A lease is used up or put away within
 * seconds, by the machine's own clock; what its calls have taken is settled once all of them have ended.
 */
export function leasedPace(
  { leases, name }: SharedLimits,
  unit: "requests" | "tokens",
  perMinute: number,
  clock: Clock,
  { changed, failed }: PaceListener,
): Pace {
  let held: Held | undefined;
  let isAsking = false;
  let isAwaited = false;
  let wanted = { least: 0, most: 0 };
  let cancelTimer = (): void => {};

  /** Nobody waits for it: what is not settled counts as used. */
  const settle = (lease: Held): void => {
    if (lease === held || lease.inFlight > 0 || lease.used === lease.units) return;
    leases.settle(lease.id, lease.used).catch(() => {});
  };
  const putAway = (): void => {
    const old = held;
    held = undefined;
    cancelTimer();
    if (old !== undefined) settle(old);
  };
  /** In how long calls may begin, or ask again. */
  const leaveFrom = async (): Promise<number> => {
    await Promise.resolve(); // of calls that come together the first does not ask for itself alone
    const usableUntil = clock.now() + LEASED_MS;
    const found = await leases.take(`${unit} ${name}`, perMinute, wanted.least, wanted.most);
    if ("waitMs" in found) return Math.max(1, found.waitMs);
    held = { ...found, usableUntil, left: found.units, used: 0, inFlight: 0 };
    if (isAwaited) cancelTimer = clock.after(Math.max(0, usableUntil - clock.now()), putAway);
    else putAway();
    return 0;
  };
  const ask = async (): Promise<void> => {
    putAway();
    isAsking = true;
    try {
      const wait = await leaveFrom();
      if (wait === 0 || !isAwaited) return asked();
      const cancel = clock.after(wait, asked);
      cancelTimer = () => {
        cancel();
        isAsking = false;
      };
    } catch (error) {
      isAsking = false;
      failed(error);
    }
  };
  const asked = (): void => {
    isAsking = false;
    if (isAwaited) changed();
  };

  return {
    wait(now, units, waiting) {
      if (units === 0) return 0;
      if (held !== undefined && now < held.usableUntil && held.left >= units) return 0;
      isAwaited = true;
      wanted = { least: units, most: units * waiting };
      if (!isAsking) void ask();
      return Number.POSITIVE_INFINITY;
    },
    take(_, units) {
      const lease = held;
      if (lease === undefined || units === 0) return () => {};
      lease.left -= units;
      lease.used += units;
      lease.inFlight++;
      return (_, used) => {
        lease.used += used - units;
        lease.inFlight--;
        settle(lease);
      };
    },
    rest() {
      isAwaited = false;
      putAway();
    },
  };
}
