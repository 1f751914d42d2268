/**
 * A call of any kind: to a language model, an embedding model or another system.
 * @param tries how often it has been made, this time included
 */
export type Call<Q, R> = (request: Q, tries?: number) => Promise<R>;

/** A list that is not empty. */
export type OneOrMore<T> = readonly [T, ...T[]];
