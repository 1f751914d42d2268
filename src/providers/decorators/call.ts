/** A call of any kind: to a language model, an embedding model or another system. */
export type Call<Q, R> = (request: Q) => Promise<R>;
