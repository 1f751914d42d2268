import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Room for new objects that is enough for what a run has under way; V8 gets there while the program starts. */
const ENOUGH_BYTES = 12 * 2 ** 20;
/** Threads have this much of it (MiB, twice) from their first moment: it does not grow any more. */
const THREAD_SPACE = 8;
/** How much V8 lets the heap grow between two full collections; of its own accord it waits until there is two to four times as much. */
const GROWTH_PERCENT = 40;

/** Runs of this process that hold its heaps small. */
let holders = 0;

/** V8's heaps, held small. */
export interface SmallHeaps {
  /** To be called now and then: sees whether there is enough room for new objects. */
  look(): void;
  /** Lets them grow as usual, unless another run holds them, too. */
  end(): void;
}

/**
 * Keeps V8 from letting garbage lie, in every thread of the process. Making users leaves a gigabyte of garbage a minute, for which
 * V8 would otherwise take up to 64 MiB a thread and twice to four times what is in use. The flags are read whenever a heap grows, and when
 * a thread starts.
 */
export function smallHeaps(): SmallHeaps {
  let hasEnough = false;
  let hasEnded = false;
  holders++;
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString(`--min-semi-space-size=${THREAD_SPACE}`);
  const look = (): void => {
    if (hasEnough || hasEnded) return;
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    hasEnough = (young?.space_size ?? 0) >= ENOUGH_BYTES;
    if (hasEnough) setFlagsFromString("--semi-space-growth-factor=1");
  };
  look();
  return {
    look,
    end() {
      if (hasEnded) return;
      hasEnded = true;
      if (--holders > 0) return;
      for (const usual of ["heap-growing-percent=0", "min-semi-space-size=0", "semi-space-growth-factor=2"])
        setFlagsFromString(`--${usual}`);
    },
  };
}
