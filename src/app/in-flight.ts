import type { RunEvent } from "../core/events.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { wrapModel } from "../core/wrap-model.ts";

/** The calls of a run that are under way. */
export interface Flights {
  /**
   * Makes a call and counts it while it is under way.
   * @param server where it goes, as people may read it
   * @throws the signal's reason once a stop was asked for
   */
  track<T>(server: string, call: () => Promise<T>): Promise<T>;
  /** A model all of whose calls are tracked. */
  watch(model: LanguageModel, server: string): LanguageModel;
  /** Waits until none is in flight. */
  drain(): Promise<void>;
}

/** Refuses new calls once a stop is asked for, says what is waited for then, and lets a caller wait for it. */
export function flightsOf(signal: AbortSignal, tell: (event: RunEvent) => void): Flights {
  const calls = new Map<string, number>();
  let total = 0;
  let onEmpty: (() => void)[] = [];
  const count = (server: string, by: 1 | -1): void => {
    calls.set(server, (calls.get(server) ?? 0) + by);
    total += by;
    if (total > 0) return;
    for (const done of onEmpty) done();
    onEmpty = [];
  };
  signal.addEventListener("abort", () => {
    if (total === 0) return;
    const servers = [...calls].flatMap(([server, n]) =>
      n > 0 ? [`${n} ${n === 1 ? "call" : "calls"} to ${server}`] : [],
    );
    tell({
      type: "note",
      message: `stopping: waiting for ${servers.join(", ")}, to keep the answers; Ctrl-C again ends at once and loses these alone`,
    });
  });
  const track = async <T>(server: string, call: () => Promise<T>): Promise<T> => {
    if (signal.aborted) throw signal.reason;
    count(server, 1);
    try {
      return await call();
    } finally {
      count(server, -1);
    }
  };
  return {
    track,
    watch: (model, server) => wrapModel(model, (request) => track(server, () => model.generate(request))),
    async drain() {
      if (total > 0) await new Promise<void>((resolve) => onEmpty.push(resolve));
      // An answer still has to pass the guards before it is in the store: one turn of the event loop.
      await new Promise(setImmediate);
    },
  };
}
