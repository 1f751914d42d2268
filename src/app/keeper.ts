/** Things that are made once and closed together. */
export interface Keeper {
  /** What is kept under a key, made when it is first asked for. */
  shared<T>(key: string, make: () => T, close?: (it: T) => Promise<void>): T;
  close(): Promise<void>;
}

export function keeper(): Keeper {
  const kept = new Map<string, unknown>();
  const closers: (() => Promise<void>)[] = [];
  return {
    shared<T>(key: string, make: () => T, close?: (it: T) => Promise<void>): T {
      if (kept.has(key)) return kept.get(key) as T;
      const made = make();
      kept.set(key, made);
      if (close !== undefined) closers.push(() => close(made));
      return made;
    },
    async close() {
      await Promise.all(closers.map((close) => close()));
    },
  };
}
