import { endedWords } from "../core/ended-rewrites.ts";
import type { Gauge } from "../core/gauge.ts";
import type { Results } from "../core/run-record.ts";

type Told = NonNullable<Gauge["ended"]>;

/** Counts rewrites that ran on and were ended. */
export function endingTally(): {
  readonly add: Told;
  /** Tells another one, too. */
  also(other: Told | undefined): Told;
  /** For the run record; empty where there were none. */
  record(): Pick<Results["users"], "ended">;
  /** "5 rewrites that ran on were ended: 3 at a mark, 2 before a repetition"; empty where there were none */
  words(): string;
} {
  const counts = { mark: 0, repetition: 0 };
  const all = (): number => counts.mark + counts.repetition;
  return {
    add: (where) => void counts[where]++,
    also: (other) => (where) => {
      counts[where]++;
      other?.(where);
    },
    record: () => (all() === 0 ? {} : { ended: { ...counts } }),
    words: () => (all() === 0 ? "" : endedWords(counts)),
  };
}
