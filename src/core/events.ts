/** What a run tells whoever watches it. Only the console reporter prints. */
export type RunEvent =
  /** `unit`: what is counted, where the stage's name does not say it. */
  | { readonly type: "stage"; readonly stage: string; readonly total: number; readonly unit?: string }
  | { readonly type: "progress"; readonly stage: string; readonly done: number; readonly total: number }
  | { readonly type: "note"; readonly message: string }
  /** A server does not answer, or asks for rest: told every second or so until it answers. */
  | {
      readonly type: "waiting";
      /** Its address, without anything secret. */
      readonly server: string;
      /** Why, in a few words: "connection refused". */
      readonly why: string;
      readonly tries: number;
      readonly seconds: number;
    }
  /** How the jobs of a run that several machines share stand. */
  | ({ readonly type: "jobs" } & JobsState)
  /** A server that was waited for answers again. */
  | { readonly type: "answering"; readonly server: string; readonly seconds: number };

/** Jobs by state, and who does them. */
export interface JobsState {
  /** What the jobs are for: "users". */
  readonly phase: string;
  readonly waiting: number;
  readonly active: number;
  readonly done: number;
  /** Given up. */
  readonly failed: number;
  readonly workers: number;
  readonly callsPerSecond: number;
  /** Of this phase; `null` while nobody can tell. */
  readonly secondsLeft: number | null;
  /** Some of what was given up, and why. */
  readonly failures: readonly { readonly name: string; readonly reason: string; readonly tries: number }[];
}

export type Observer = (event: RunEvent) => void;
