import type { Store } from "../../core/ports/store.ts";
import type { Crew } from "../../pipeline/crew.ts";
import type { FitAhead } from "../../pipeline/fit-order.ts";
import type { MadeArtifact } from "./fit-job.ts";
import { brokenThread, type CrewThreads } from "./threads.ts";

let runs = 0;

/**
 * Fits that threads do while the run goes on. What they find is put into the store, where the method's own fit finds it, as
 * if it had been fitted before.
 * @param isWorthIt asked once the fits are known
 */
export function fitsInThreads(
  { lanes, isClosed }: CrewThreads,
  store: Pick<Store, "putArtifact">,
  isWorthIt: () => boolean,
): Pick<Crew, "fitAhead" | "fitted"> {
  const run = runs++;
  let waiting: FitAhead[] = [];
  const begun = new Map<string, Promise<void>>();
  let ask = (): void => {};
  const isAsked = new Promise<void>((resolve) => {
    ask = resolve;
  });

  /** One lane's work: a fit, and once somebody asks, since users are more urgent until then, the others that wait. */
  const work = async (lane: CrewThreads["lanes"][number]): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isClosed(); next = waiting.shift()) {
      const done = lane
        .run({ fit: next.order(), run })
        .catch(brokenThread)
        .then((made) => {
          for (const { kind, key, bytes } of (made ?? []) as MadeArtifact[])
            store.putArtifact(kind, key, bytes);
        });
      begun.set(nameOf(next), done);
      await done;
      await isAsked;
    }
    await isAsked; // until then the thread makes users
    // Whoever has fitted holds a matrix of all users and its transpose; what else there is to do starts the thread again.
    await lane.close();
  };

  return {
    fitAhead(fits) {
      if (!isWorthIt()) return;
      waiting = [...fits];
      // Who asks for a fit is told how it ended; what nobody asks for is no loss.
      for (const lane of lanes) void work(lane).catch(() => {});
    },
    async fitted(method, world) {
      ask();
      const name = nameOf({ method, world });
      waiting = waiting.filter((fit) => nameOf(fit) !== name);
      await begun.get(name);
    },
  };
}

const nameOf = ({ method, world }: Pick<FitAhead, "method" | "world">): string => `${world} ${method}`;
