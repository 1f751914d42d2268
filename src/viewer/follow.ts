import type { ViewedRun } from "./viewed-run.ts";

/** Between two looks at files that may have grown. */
const LOOK_MS = 500;

/**
 * Keeps the runs' indexes up to date in slices between which requests are answered: at once for a finished run, then
 * whenever its files change.
 * @returns stops it
 */
export function followRuns(runs: readonly ViewedRun[], onError: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  let stopped = false;
  const told = new Map<ViewedRun, number>();
  const look = (): void => {
    let more = false;
    for (const run of runs) {
      try {
        more = run.index.advance(run.results() === null) || more;
        const { damaged } = run.index;
        if (damaged > (told.get(run) ?? 0))
          onError(
            new Error(
              `${run.dir}: lines of users.jsonl or samples.jsonl that cannot be read, and are left out: ${damaged}`,
            ),
          );
        told.set(run, damaged);
      } catch (error) {
        onError(error);
      }
    }
    if (stopped) return;
    timer = more ? setImmediate(look) : setTimeout(look, LOOK_MS);
  };
  look();
  return () => {
    stopped = true;
    clearTimeout(timer as NodeJS.Timeout);
    clearImmediate(timer as NodeJS.Immediate);
  };
}
