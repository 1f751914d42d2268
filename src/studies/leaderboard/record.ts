import type { Interval, PairResult, Verdict } from "../../core/run-record.ts";
import type { Simulated } from "../../core/simulated.ts";

/** Version of the shape of `leaderboard.json`. */
export const LEADERBOARD_SCHEMA = "apm-bench/leaderboard@1";

/** One method of one of the joined results, against the plain answers of its own base LLM. */
export interface LeaderboardRow {
  readonly method: string;
  readonly id: string;
  readonly role: "method" | "oracle" | "floor";
  /** Models, as people read them. */
  readonly base: string;
  readonly delta: number | null;
  /** 95 %, not adjusted. */
  readonly deltaCi95: Interval | null;
  readonly pValue: number | null;
  /** Holm over the methods of the page; `null` for oracle and floors. */
  readonly pValueAdjusted: number | null;
  readonly verdict: Verdict;
  readonly win: number | null;
  readonly loss: number | null;
  readonly missing: number;
  /** Of answers that came as a file. */
  readonly submission?: { readonly sha256: string; readonly received: string };
  /** Whether its answers came before the hidden worlds were revealed: absent where there is no date or no reveal. */
  readonly when?: "before the reveal" | "after the reveal";
}

/** Results on one frozen set, joined. */
export interface LeaderboardRecord extends Simulated {
  readonly schema: typeof LEADERBOARD_SCHEMA;
  readonly version: string;
  /** The set's id. */
  readonly bundle: string;
  readonly judge: string;
  readonly users: number;
  readonly worlds: number;
  /** ISO date, where there was a reveal. */
  readonly revealed?: string;
  /** The largest Δ first. */
  readonly rows: readonly LeaderboardRow[];
  /** Every two methods: the gain of the first minus that of the second, on users and worlds where both have one. */
  readonly pairs: readonly PairResult[];
  /** What the page can tell and what it cannot. */
  readonly limits: string;
}
