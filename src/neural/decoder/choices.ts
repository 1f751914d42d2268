/** Answers that may be given, as token ids; nothing else may be written. */
export type Choices = readonly (readonly number[])[];

/** What may follow what is written of one of the choices. */
export interface NextTokens {
  readonly ids: ReadonlySet<number>;
  /** The choice is complete: the answer may end here. */
  readonly mayEnd: boolean;
}

export function nextTokens(choices: Choices, written: readonly number[]): NextTokens {
  const ids = new Set<number>();
  let mayEnd = false;
  for (const choice of choices) {
    if (!written.every((id, i) => choice[i] === id)) continue;
    const next = choice[written.length];
    if (next === undefined) mayEnd = true;
    else ids.add(next);
  }
  return { ids, mayEnd };
}

/** The logits of the tokens that may follow; all others are impossible. */
export function maskedLogits(logits: Float32Array, allowed: Iterable<number>): Float32Array {
  const masked = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  for (const id of allowed) masked[id] = logits[id] as number;
  return masked;
}
