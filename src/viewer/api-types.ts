import type { MethodRole } from "../core/config/ids.ts";
import type { Direction } from "../core/rating-scale.ts";
import type { Verdict } from "../core/run-record.ts";
import type { ProgressRecord } from "../run-folder/progress-record.ts";

/** The answers of the viewer's server, shared with the page by type alone. */

/** `stopped`: said to be running by its file, but its process is gone. */
export type RunState = "finished" | "running" | "failed" | "stopped";

export interface RunHead {
  readonly id: number;
  readonly name: string;
  readonly state: RunState;
  /** What of it was simulated, as a sentence; empty where nothing was. */
  readonly simulated: string;
  readonly methods: readonly {
    readonly id: string;
    readonly name: string;
    readonly role: MethodRole;
    readonly colour: string;
    /** Δ with its interval, once the run is finished. */
    readonly gain: string | null;
  }[];
  readonly worlds: readonly number[];
  readonly attributes: readonly string[];
  readonly principles: readonly string[];
}

/** A table as people read it. */
export interface ShownTable {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly {
    readonly title: string;
    readonly align: "left" | "right";
    readonly wraps?: boolean;
  }[];
  readonly rows: readonly (readonly string[])[];
}

export interface Overview {
  readonly head: RunHead;
  readonly progress: ProgressRecord | null;
  /** Share of the samples that can be listed by now. */
  readonly indexed: number;
  /** Of a finished run. */
  readonly finished: {
    readonly title: string;
    /** Methods with their gains, by verdict; the checks of the set-up last. */
    readonly verdicts: readonly {
      readonly verdict: Verdict | "check";
      readonly title: string;
      readonly methods: readonly string[];
    }[];
    readonly remarks: readonly string[];
    readonly figures: readonly { readonly id: string; readonly caption: string; readonly wide: boolean }[];
    readonly tables: readonly ShownTable[];
  } | null;
  /** Means over the samples that are there, of a run that is not finished. */
  readonly soFar: readonly {
    readonly method: string;
    readonly pairs: number;
    readonly delta: number | null;
  }[];
}

export interface UserRow {
  readonly user: string;
  readonly attributes: readonly { readonly attribute: string; readonly side: Direction }[];
  /** What the user wants most, where one world is chosen. */
  readonly target: { readonly principle: string; readonly direction: Direction } | null;
  readonly prompt: string;
  readonly pairs: number;
  readonly missing: number;
  readonly reward: number | null;
  readonly baseline: number | null;
  readonly delta: number | null;
}

export interface UserPage {
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly UserRow[];
  readonly indexed: number;
}

/** The beginning of a text, and how long it is altogether. */
export interface ShownText {
  readonly text: string;
  readonly length: number;
}

export interface ShownAnswer {
  readonly method: string;
  readonly answer: ShownText | null;
  readonly label: { readonly principle: string; readonly direction: Direction } | null;
  readonly scores: readonly {
    readonly principle: string;
    readonly direction: Direction;
    readonly weight: number;
    readonly score: number | null;
  }[];
  readonly reward: number | null;
  readonly difference: number | null;
}

export interface UserDetail {
  readonly user: string;
  readonly world: number;
  readonly attributes: UserRow["attributes"];
  readonly history: readonly ShownText[];
  readonly prompt: ShownText | null;
  readonly baseline: { readonly answer: ShownText | null; readonly reward: number | null };
  readonly answers: readonly ShownAnswer[];
}

/** What a judge wrote, ask by ask. */
export interface JudgeOutput {
  readonly model: string;
  readonly asks: readonly {
    readonly text: ShownText;
    readonly reasoning: ShownText | null;
    readonly finishReason: string;
  }[];
}

/** Two methods, of one run or of two, on the users and worlds that both have. */
export interface Comparison {
  /** Whether both runs have the same users and worlds; without that nothing can be paired. */
  readonly isPaired: boolean;
  readonly pairs: number;
  readonly deltaA: number | null;
  readonly deltaB: number | null;
  /** Mean reward of B minus that of A on the same users and worlds, with its 95 % interval. */
  readonly change: number | null;
  readonly changeCi95: readonly [number, number] | null;
  readonly better: number;
  readonly even: number;
  readonly worse: number;
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly ComparedRow[];
}

export interface ComparedRow {
  readonly user: string;
  readonly world: number;
  readonly target: { readonly principle: string; readonly direction: Direction } | null;
  readonly rewardA: number | null;
  readonly rewardB: number | null;
  readonly change: number | null;
}
