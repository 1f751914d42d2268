import { ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { TrainerProgress } from "../../core/ports/trainer.ts";
import { pause } from "../http/pause.ts";
import { jobFailed } from "./failures.ts";
import { type JobState, progressOf } from "./wire.ts";

/** Looked at often at first: a job may be done already. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2_000;

interface Followed {
  readonly place: string;
  /** Starts the job, or has it go on. */
  begin(): Promise<JobState>;
  /** `undefined` when the trainer knows no such job. */
  stateOf(key: string): Promise<JobState | undefined>;
  /** What a job that is done has made. */
  result(): Promise<unknown>;
  progress(progress: TrainerProgress): void;
}

/**
 * Waits until a job is done, and takes its result. A trainer that goes away meanwhile has time to come back, and is then told
 * to go on.
 * @throws ProviderError when the job fails, or nobody is there for longer than the patience; the reason of `stop`
 */
export async function followJob(
  key: string,
  { place, begin, stateOf, result, progress }: Followed,
  {
    clock,
    stop,
    patienceMs,
  }: { readonly clock: Clock; readonly stop: AbortSignal; readonly patienceMs: number },
): Promise<unknown> {
  let state: JobState | undefined = await begin();
  let awaySince: number | undefined;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(1.5 * wait, LONGEST_WAIT_MS)) {
    try {
      // Whoever was away has stopped the job, and may not know it any more.
      state ??= awaySince === undefined ? ((await stateOf(key)) ?? (await begin())) : await begin();
      progress(progressOf(state));
      if (state.state === "done") return await result();
      if (state.state === "failed") {
        throw jobFailed(place, key, state.error ?? { kind: "internal", message: "no reason was given" });
      }
      awaySince = undefined;
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.isAbsent) throw error;
      awaySince ??= clock.now();
      if (clock.now() - awaySince > patienceMs) throw error;
      progress({ state: "queued", phase: "the trainer is away; waiting for it to come back" });
    }
    state = undefined;
    await pause(wait, clock, stop);
  }
}
