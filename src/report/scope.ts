/** From this many worlds on, families of tests keep to their level where worlds differ (docs/validity.md). */
const ADVISED_WORLDS = 5;

/** Whom a run's figures speak of: one or two worlds are taken as they are, and say so; "" where worlds are a sample. */
export function scopeWords(worlds: number): "" | " in this world" | " in these two worlds" {
  if (worlds === 1) return " in this world";
  return worlds === 2 ? " in these two worlds" : "";
}

/** What to do about too few worlds; `null` where there are enough. */
export function worldAdvice(worlds: number): string | null {
  if (worlds >= ADVISED_WORLDS) return null;
  const more = `run ${ADVISED_WORLDS} worlds or more (--worlds ${ADVISED_WORLDS}; candidates and their ratings are stored already)`;
  if (worlds === 1) return `One world says nothing of others: ${more} to speak of worlds in general.`;
  if (worlds === 2) {
    return `Two worlds are too few to tell how worlds differ: intervals and tests are over users alone. To speak of worlds in general, ${more}.`;
  }
  return `${worlds} worlds tell little of how worlds differ: for safer verdicts ${more}.`;
}
