import type { LanguageModel } from "../core/ports/language-model.ts";

interface Door {
  inside: number;
  readonly waiting: (() => void)[];
}

/** Judges of one model share its places. */
const doors = new WeakMap<LanguageModel, Door>();

/**
 * Does all that is asked about one text, one call after another. No more texts are under way than the model takes calls at
 * once: a server keeps the beginning of a prompt for each of its places, and another text in between would push it out.
 */
export async function oneText<T>(model: LanguageModel, work: () => Promise<T>): Promise<T> {
  const { places } = model;
  if (places === undefined) return work();
  const door = doors.get(model) ?? { inside: 0, waiting: [] };
  doors.set(model, door);
  if (door.inside >= places()) await new Promise<void>((enter) => door.waiting.push(enter));
  else door.inside++;
  try {
    return await work();
  } finally {
    door.inside--;
    // Who waits takes the place that is left; the server may take more or fewer calls than before.
    while (door.waiting.length > 0 && door.inside < places()) {
      door.inside++;
      door.waiting.shift()?.();
    }
  }
}
