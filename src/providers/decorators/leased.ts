import { StoppedError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Lease, Leases } from "../../core/ports/leases.ts";
import type { Spending } from "../../core/ports/store.ts";
import { type Budget, mayBePaid } from "./budget.ts";

/** A lease in use: what is spent of it, and what calls in flight may cost at most. */
interface Held extends Lease {
  readonly usableUntil: number;
  spent: Spending;
  inFlight: number;
  reservedUsd: number;
  isEnded: boolean;
}

/** What is known of a lease where the process may be killed: written down before it is used. */
export interface LeaseNotes {
  taken(lease: Lease): void;
  ended(id: string): void;
}

export interface LeasedBudget extends Budget {
  /** Gives back what is not spent of leases without calls in flight. */
  rest(): Promise<void>;
}

/** A lease is left alone after this share of its time, counted here from before it was asked for: no clock is compared. */
const USED_SHARE = 0.75;
/** How often somebody else's rest is looked for. */
const LOOK_MS = 1_000;

/**
 * Spending from leases of a budget that several machines share. Every call has its place in a lease at its highest price
 * before it is made, and is settled by what it has cost; no lease is exceeded, so the budget is not.
 * @param inner counts what is spent here, and writes it down
 * @param leaseMs how long a lease is good for
 */
export function leasedBudget(
  inner: Budget,
  leases: Leases,
  clock: Clock,
  leaseMs: number,
  notes: LeaseNotes,
): LeasedBudget {
  let held: Held | undefined;
  let taking: Promise<void> | undefined;
  const ending = new Set<Held>();

  const isOpen = (lease: Held): boolean => clock.now() < lease.usableUntil;
  const fits = ({ most, spent, inFlight, reservedUsd }: Held, usd: number): boolean =>
    spent.calls + inFlight + 1 <= most.calls && spent.usd + reservedUsd + usd <= most.usd * (1 + 1e-9);

  const end = async (lease: Held): Promise<void> => {
    if (lease.inFlight > 0 || lease.isEnded) return;
    lease.isEnded = true;
    await leases.giveBack(lease.id, lease.spent);
    notes.ended(lease.id);
    ending.delete(lease);
  };

  /** Leaves the lease at hand for another one, or finds out that there is none. */
  const takeAnother = async (usd: number): Promise<void> => {
    if (held !== undefined) {
      ending.add(held);
      const old = held;
      held = undefined;
      await end(old);
    }
    for (;;) {
      const usableUntil = clock.now() + USED_SHARE * leaseMs;
      const lease = await leases.take(usd);
      if (lease !== undefined) {
        notes.taken(lease);
        held = {
          ...lease,
          usableUntil,
          spent: { calls: 0, usd: 0 },
          inFlight: 0,
          reservedUsd: 0,
          isEnded: false,
        };
        return;
      }
      if ((await leases.outstanding()) === 0) throw usedUp(usd);
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    }
  };

  const place = async (usd: number): Promise<Held> => {
    for (;;) {
      if (held !== undefined && isOpen(held) && fits(held, usd)) {
        held.inFlight++;
        held.reservedUsd += usd;
        return held;
      }
      taking ??= takeAnother(usd).finally(() => {
        taking = undefined;
      });
      await taking;
    }
  };

  return {
    spent: inner.spent,
    made: inner.made,
    async run(mostUsd, task, costOf, simulated) {
      const lease = await place(mostUsd);
      const paid = (usd: number): void => {
        lease.spent = { calls: lease.spent.calls + 1, usd: lease.spent.usd + usd };
      };
      try {
        const result = await inner.run(mostUsd, task, costOf, simulated);
        paid(costOf(result));
        return result;
      } catch (error) {
        if (mayBePaid(error)) paid(mostUsd);
        throw error;
      } finally {
        lease.inFlight--;
        lease.reservedUsd = lease.inFlight === 0 ? 0 : lease.reservedUsd - mostUsd;
        if (ending.has(lease)) await end(lease);
      }
    },
    async rest() {
      await taking?.catch(() => {});
      if (held?.inFlight !== 0) return;
      const old = held;
      held = undefined;
      await end(old);
    },
  };
}

const usedUp = (usd: number): StoppedError =>
  new StoppedError(
    usd > 0
      ? `the budget of all machines does not allow the next call (at most $${usd.toFixed(4)})`
      : "the budget of all machines is used up",
    {
      where: "budget",
      remedy:
        "start the run again with a higher budget: completed calls are stored and not repeated; what lost workers had leased counts as spent until they come back",
    },
  );
