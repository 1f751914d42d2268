import type { Served } from "./served.ts";

/** Servers that take turns on one device: one is up at a time. */
export interface Turns {
  /** Does something while a server is up: waits for its turn, and starts it where it does not run. */
  use<T>(server: Served, task: () => Promise<T>): Promise<T>;
  /** Ends the server that is up, unless it is one of these. */
  keepOnly(servers: ReadonlySet<Served>): Promise<void>;
}

/** A server that is asked nothing for so long gives its place to one that is waited for. */
const IDLE_MS = 100;

interface Waiting {
  readonly server: Served;
  readonly admit: () => void;
  readonly reject: (reason: unknown) => void;
}

/** @param stop ends all waiting, with its reason */
export function takingTurns(stop: AbortSignal): Turns {
  let current: Served | undefined;
  let inUse = 0;
  let changing: Promise<void> | undefined;
  let isLooking = false;
  let waiting: Waiting[] = [];

  const admitCurrent = (): void => {
    const admitted = waiting.filter(({ server }) => server === current);
    waiting = waiting.filter(({ server }) => server !== current);
    inUse += admitted.length;
    for (const { admit } of admitted) admit();
  };
  const changeTo = (next: Served | undefined): Promise<void> => {
    const before = current;
    changing = (async () => {
      await before?.down();
      current = next;
    })().finally(() => {
      changing = undefined;
    });
    return changing;
  };
  const look = (): void => {
    isLooking = false;
    if (inUse > 0 || changing !== undefined || waiting.length === 0) return;
    changeTo(mostWanted(waiting)).then(admitCurrent, (error: unknown) => {
      for (const { reject } of waiting.splice(0)) reject(error);
    });
  };
  const lookSoon = (ms: number): void => {
    if (isLooking || inUse > 0 || waiting.length === 0) return;
    isLooking = true;
    setTimeout(look, ms);
  };
  const enter = async (server: Served): Promise<void> => {
    if (stop.aborted) throw stop.reason;
    if (changing === undefined && (current === server || current === undefined)) {
      current = server;
      inUse++;
      return;
    }
    await new Promise<void>((admit, reject) => {
      waiting.push({ server, admit, reject });
      lookSoon(IDLE_MS);
    });
  };
  stop.addEventListener("abort", () => {
    for (const { reject } of waiting.splice(0)) reject(stop.reason);
  });
  return {
    async use(server, task) {
      await enter(server);
      try {
        await server.up();
        return await task();
      } finally {
        inUse--;
        lookSoon(IDLE_MS);
      }
    },
    async keepOnly(servers) {
      await changing;
      if (current === undefined || servers.has(current) || inUse > 0) return;
      await changeTo(undefined);
      lookSoon(0);
    },
  };
}

/** The server that the most wait for; of as many the one that was asked for first. */
function mostWanted(waiting: readonly Waiting[]): Served | undefined {
  const counts = new Map<Served, number>();
  for (const { server } of waiting) counts.set(server, (counts.get(server) ?? 0) + 1);
  return [...counts].reduce<[Served, number] | undefined>(
    (most, entry) => (most === undefined || entry[1] > most[1] ? entry : most),
    undefined,
  )?.[0];
}
