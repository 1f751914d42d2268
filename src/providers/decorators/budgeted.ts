import { ProviderError, StoppedError } from "../../core/errors.ts";
import type { GenerateRequest, GenerateResult } from "../../core/ports/language-model.ts";
import type { Call } from "./call.ts";
import { mostInputTokens } from "./estimate.ts";
import { costOf, type Price } from "./metered.ts";

export interface BudgetLimits {
  /** Most calls. */
  readonly calls?: number | undefined;
  /** Most US dollars. */
  readonly usd?: number | undefined;
}

/** Spending that stops before a limit is exceeded; one for all models of a run. */
export interface Budget {
  /**
   * Runs a call for which at most `mostUsd` is to be paid. While calls in flight hold back what this one needs, it
   * waits; when even their settling cannot make room, the budget is spent.
   * @param costOf what a result has cost
   * @throws StoppedError when the budget does not allow the call
   */
  run<T>(mostUsd: number, task: () => Promise<T>, costOf: (result: T) => number): Promise<T>;
  spent(): { readonly calls: number; readonly usd: number };
}

/**
 * Statuses of an answer that was computed, or may have been, and was lost on its way: it will be billed, so it counts
 * with the most that it can have cost. Other failures cost nothing.
 */
const LOST = new Set([200, 408, 504]);

/** A budget that counts from now: what earlier runs have stored costs nothing again. */
export function callBudget(limits: BudgetLimits): Budget {
  const { calls: mostCalls = Number.POSITIVE_INFINITY, usd: mostSum = Number.POSITIVE_INFINITY } = limits;
  let calls = 0;
  let usd = 0;
  let inFlight = 0;
  let reservedUsd = 0;
  let waiting: (() => void)[] = [];
  // Sums of thousandths of a cent must not stop a run one rounding error too early.
  const fits = (extraUsd: number): boolean =>
    calls + inFlight + 1 <= mostCalls && usd + reservedUsd + extraUsd <= mostSum * (1 + 1e-9);

  return {
    spent: () => ({ calls, usd }),
    async run(mostUsd, task, costOf) {
      while (!fits(mostUsd)) {
        if (inFlight === 0) throw stopped(limits, calls, usd, mostUsd);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      inFlight++;
      reservedUsd += mostUsd;
      try {
        const result = await task();
        calls++;
        usd += costOf(result);
        return result;
      } catch (error) {
        if (error instanceof ProviderError && LOST.has(error.status ?? 0)) {
          calls++;
          usd += mostUsd;
        }
        throw error;
      } finally {
        inFlight--;
        reservedUsd = inFlight === 0 ? 0 : reservedUsd - mostUsd;
        const woken = waiting;
        waiting = [];
        for (const wake of woken) wake();
      }
    },
  };
}

function stopped(limits: BudgetLimits, calls: number, usd: number, mostUsd: number): StoppedError {
  const byCalls = limits.calls !== undefined && calls + 1 > limits.calls;
  const message = byCalls
    ? `the budget of ${limits.calls} calls is used up`
    : `the budget of $${limits.usd} does not allow the next call ($${usd.toFixed(4)} spent, at most $${mostUsd.toFixed(4)} for the call)`;
  return new StoppedError(message, {
    where: byCalls ? "budget.calls" : "budget.usd",
    remedy:
      "run the same command again to spend as much once more, or raise the budget: completed calls are stored and not repeated",
  });
}

/** What calls of one kind cost. */
export interface Bill<Q, R> {
  /** Most US dollars that a call can cost. */
  most(request: Q): number;
  /** US dollars that one has cost. */
  paid(result: R): number;
}

/** Calls that spend from a budget. */
export function budgeted<Q, R>(call: Call<Q, R>, budget: Budget, bill: Bill<Q, R>): Call<Q, R> {
  return (request) => budget.run(bill.most(request), () => call(request), bill.paid);
}

/** What the output of a model without a token limit may be, before longer ones have been seen. */
const UNLIMITED_OUTPUT_TOKENS = 1024;

/**
 * What a language model's calls cost. The bound on a call's cost is strict when a token limit is set; without one it is
 * four times the longest output so far.
 * @param maxTokens the model's own limit on output tokens, where it has one
 */
export function chatBill(price?: Price, maxTokens?: number): Bill<GenerateRequest, GenerateResult> {
  let longest = UNLIMITED_OUTPUT_TOKENS / 4;
  return {
    most(request) {
      if (price === undefined) return 0;
      const outputTokens = request.maxTokens ?? maxTokens ?? 4 * longest;
      return costOf({ inputTokens: mostInputTokens(request), outputTokens }, price);
    },
    paid({ usage }) {
      if (usage.outputTokens > longest) longest = usage.outputTokens;
      return costOf(usage, price);
    },
  };
}
