import type { ModelRole, TokenUsage } from "../../core/ports/language-model.ts";
import type { UsageRow } from "../../core/run-record.ts";
import type { Call } from "./call.ts";

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** What of it is paid for answers that come as batch files. */
  readonly batch?: number | undefined;
}

export type UsageRole = ModelRole | "embedder" | "external";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Counts for one role of one model, in this process. */
export interface UsageCounter {
  /** An answer from the store, or shared with an equal call in flight. */
  hit(): void;
  /** An answered call: its tokens and its cost. */
  call(usage: TokenUsage): void;
  /** An answer, paid for or not, that only stands in for another one. */
  repeat(): void;
  /** A failed attempt, also one that is tried again. */
  failure(): void;
}

/** The usage table of a run. */
export interface UsageMeter {
  counter(role: UsageRole, model: { id: string; simulated: boolean }, price?: Price): UsageCounter;
  /** Counts answered asks of a model of this run as repeats, once it is known that they were in vain. */
  repeated(role: UsageRole, model: { id: string }, asks: number): void;
  /** A snapshot, in the order in which the counters were made. */
  rows(): UsageRow[];
}

export function usageMeter(): UsageMeter {
  const rows = new Map<string, Writable<UsageRow>>();
  return {
    counter(role, { id, simulated }, price) {
      const row = rows.get(`${role} ${id}`) ?? {
        role,
        model: id,
        calls: 0,
        repeats: 0,
        cacheHits: 0,
        inputTokens: 0,
        outputTokens: 0,
        costUsd: price || simulated ? 0 : null,
        failures: 0,
      };
      rows.set(`${role} ${id}`, row);
      return {
        hit: () => void row.cacheHits++,
        repeat: () => void row.repeats++,
        failure: () => void row.failures++,
        call(usage) {
          row.calls++;
          row.inputTokens += usage.inputTokens;
          row.outputTokens += usage.outputTokens;
          if (usage.estimated) row.estimated = (row.estimated ?? 0) + 1;
          if (row.costUsd !== null) row.costUsd += costOf(usage, price);
        },
      };
    },
    repeated(role, { id }, asks) {
      const row = rows.get(`${role} ${id}`);
      if (row !== undefined) row.repeats += asks;
    },
    rows: () => Array.from(rows.values(), (row) => ({ ...row })),
  };
}

/** US dollars of one call; 0 without a price. */
export function costOf({ inputTokens, outputTokens }: TokenUsage, price: Price | undefined): number {
  return price ? (inputTokens * price.input + outputTokens * price.output) / 1e6 : 0;
}

/**
 * Counts what is answered and where it fails. Stands nearest to the provider, so every attempt is seen.
 * @param believed a result with a usage that can be
 */
export function metered<Q, R>(
  call: Call<Q, R>,
  counter: UsageCounter,
  usageOf: (result: R) => TokenUsage,
  believed: (result: R, request: Q) => R = (result) => result,
): Call<Q, R> {
  return async (request) => {
    try {
      const result = believed(await call(request), request);
      counter.call(usageOf(result));
      return result;
    } catch (error) {
      counter.failure();
      throw error;
    }
  };
}
