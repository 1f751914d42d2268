/** A call that waits to be let through, with what it is given then. */
export interface Waiting<T> {
  readonly tokens: number;
  readonly admit: (pass: T) => void;
  readonly reject: (reason: unknown) => void;
}

export interface WaitingQueue<T> {
  first(): Waiting<T> | undefined;
  size(): number;
  removeFirst(): void;
  /** @param tries how often the call has been made, this time included */
  add(waiting: Waiting<T>, tries: number): void;
  /** Empties it. */
  clear(): Waiting<T>[];
}

/**
 * So often a call that failed goes to the head of the queue: some servers fail each text once or twice, and asking another
 * one each time would never get past that. A text that fails more often lets others pass.
 */
const AT_ONCE = 4;

/** First come, first served; calls that were tried before go first. */
export function waitingQueue<T>(): WaitingQueue<T> {
  const again: Waiting<T>[] = [];
  let fresh: Waiting<T>[] = [];
  let head = 0;
  return {
    first: () => again[0] ?? fresh[head],
    size: () => again.length + fresh.length - head,
    removeFirst() {
      if (again.length > 0) again.shift();
      else if (++head === fresh.length || head > 1024) {
        fresh = fresh.slice(head);
        head = 0;
      }
    },
    add(waiting, tries) {
      if (tries === 1) fresh.push(waiting);
      else if (tries <= AT_ONCE) again.unshift(waiting);
      else again.push(waiting);
    },
    clear() {
      const all = [...again, ...fresh.slice(head)];
      again.length = 0;
      fresh = [];
      head = 0;
      return all;
    },
  };
}
