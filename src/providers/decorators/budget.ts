import { ProviderError, StoppedError } from "../../core/errors.ts";
import type { Ledger, Spending } from "../../core/ports/store.ts";

export interface BudgetLimits {
  /** Most calls. */
  readonly calls?: number | undefined;
  /** Most US dollars. */
  readonly usd?: number | undefined;
}

/** Where spending is written down: the store of a run directory. */
export interface Account {
  readonly ledger: Ledger;
  /** Makes durable what the ledger follows. @throws ApmError */
  flush(): void;
}

/** Spending that stops before a limit is exceeded; one for all models of a run directory. */
export interface Budget {
  /**
   * Runs a call for which at most `mostUsd` is to be paid. While calls in flight hold back what this one needs, it
   * waits; when even their settling cannot make room, the budget is spent.
   * @param costOf what a result has cost
   * @param simulated nobody is paid: the call counts, and need not be written down before it is made
   * @throws StoppedError when the budget does not allow the call; ApmError when it cannot be written down
   */
  run<T>(
    mostUsd: number,
    task: () => Promise<T>,
    costOf: (result: T) => number,
    simulated?: boolean,
  ): Promise<T>;
  /** Counts calls of simulated models that were made elsewhere: nobody was paid. */
  made(simulatedCalls: number): void;
  /** By all processes that worked in the directory. */
  spent(): Spending;
}

/** With every write, of the places that answers have left and no new call has taken, one in so many is given up. */
const GIVEN_UP = 8;

/**
 * A budget over all that is ever spent on behalf of an account. Every call is written down as held before it is made,
 * and settled together with its answer: when the process is killed, what was in flight counts as spent. The place of an
 * answer stays held for a while, so that the call that follows it needs no write of its own.
 * @param limits over all; without one, spending is only counted
 * @param once a budget anew on top of what is spent already
 */
export function callBudget(limits: BudgetLimits, account: Account, once = false): Budget {
  const before = account.ledger.spent();
  const base = once ? before : { calls: 0, usd: 0 };
  const most = {
    calls: base.calls + (limits.calls ?? Number.POSITIVE_INFINITY),
    usd: base.usd + (limits.usd ?? Number.POSITIVE_INFINITY),
  };
  let { calls, usd } = before;
  let inFlight = 0;
  let simulatedInFlight = 0;
  let reservedUsd = 0;
  /** What the account holds, spent and held together. */
  let kept: Spending = before;
  /** Paid calls that are held: those in flight, and places for some to come. */
  let places = 0;
  /** Paid calls that were in flight together, at most. */
  let peak = 0;
  /** The most that a call so far could cost. */
  let dearest = 0;
  let waiting: (() => void)[] = [];

  // Sums of thousandths of a cent must not stop a run one rounding error too early.
  const fits = (extraUsd: number): boolean =>
    calls + inFlight + 1 <= most.calls && usd + reservedUsd + extraUsd <= most.usd * (1 + 1e-9);

  account.ledger.follow({
    sums() {
      const paid = inFlight - simulatedInFlight;
      const free = paid === 0 ? 0 : Math.max(0, Math.min(places, most.calls - calls) - paid);
      const more = Math.max(0, Math.min(free * dearest, most.usd - usd - reservedUsd));
      return { spent: { calls, usd }, held: { calls: paid + free, usd: reservedUsd + more } };
    },
    kept({ spent, held }) {
      const paid = inFlight - simulatedInFlight;
      places = paid === 0 ? 0 : Math.max(paid, places - Math.ceil((places - paid) / GIVEN_UP));
      kept = { calls: spent.calls + held.calls, usd: spent.usd + held.usd };
    },
  });

  /** @throws ApmError when what is in flight cannot be written down */
  const writeDown = (mostUsd: number): void => {
    const paid = inFlight - simulatedInFlight;
    dearest = Math.max(dearest, mostUsd);
    peak = Math.max(peak, paid);
    if (calls + paid <= kept.calls && usd + reservedUsd <= kept.usd + 1e-12) return;
    // Others follow as they did before: a row of calls needs few writes, and never more than ever were in flight.
    places = Math.max(places, Math.min(2 * paid, peak));
    account.flush();
  };

  return {
    spent: () => ({ calls, usd }),
    made: (simulatedCalls) => void (calls += simulatedCalls),
    async run(mostUsd, task, costOf, simulated = false) {
      while (!fits(mostUsd)) {
        if (inFlight === 0) throw stopped(limits, most, { calls, usd }, mostUsd);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      inFlight++;
      if (simulated) simulatedInFlight++;
      reservedUsd += mostUsd;
      try {
        if (!simulated) writeDown(mostUsd);
        const result = await task();
        calls++;
        usd += costOf(result);
        return result;
      } catch (error) {
        if (mayBePaid(error)) {
          calls++;
          usd += mostUsd;
        }
        throw error;
      } finally {
        inFlight--;
        if (simulated) simulatedInFlight--;
        reservedUsd = inFlight === 0 ? 0 : reservedUsd - mostUsd;
        const woken = waiting;
        waiting = [];
        for (const wake of woken) wake();
      }
    },
  };
}

/**
 * Statuses of an answer that was computed, or may have been, and was lost on its way: it will be billed, so it counts
 * with the most that it can have cost. Other statuses are refusals and cost nothing.
 */
const LOST = new Set([200, 408, 504]);

/** Whether a call that failed may be billed: its request reached a server, which did not refuse it. */
export function mayBePaid(error: unknown): boolean {
  if (!(error instanceof ProviderError)) return false;
  if (error.status !== undefined) return LOST.has(error.status);
  return error.failure === "transient" && !error.isAbsent;
}

function stopped(limits: BudgetLimits, most: Spending, spent: Spending, mostUsd: number): StoppedError {
  const byCalls = spent.calls + 1 > most.calls;
  const message = byCalls
    ? `the budget of ${limits.calls} calls is used up`
    : `the budget of $${limits.usd} does not allow the next call ($${spent.usd.toFixed(4)} spent in this run directory, at most $${mostUsd.toFixed(4)} for the call)`;
  return new StoppedError(message, {
    where: byCalls ? "budget.calls" : "budget.usd",
    remedy:
      "run the same command again with a higher budget, which counts over the whole run directory, or with --budget-more to spend as much once more: completed calls are stored and not repeated",
  });
}
