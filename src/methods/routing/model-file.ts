import { contentKey } from "../../core/hash.ts";

/** A linear function of features for each style: weights are features x styles, row-major. */
export interface StyleModel {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/**
 * A fitted model as bytes: numbers that fitting found, biases, then weights, in single precision (20 styles by 20,000 features take 1.6 MB).
 */
export function packModel({ weights, bias }: StyleModel, facts: readonly number[] = []): Uint8Array {
  const packed = new Float32Array(facts.length + bias.length + weights.length);
  packed.set(facts);
  packed.set(bias, facts.length);
  packed.set(weights, facts.length + bias.length);
  return new Uint8Array(packed.buffer);
}

/** The inverse of `packModel`, given how many styles and facts there are. */
export function unpackModel(
  bytes: Uint8Array,
  styles: number,
  facts = 0,
): StyleModel & { readonly facts: readonly number[] } {
  // A store may hand out bytes that do not begin at a multiple of four.
  const packed = new Float32Array(bytes.slice().buffer);
  return {
    facts: [...packed.subarray(0, facts)],
    bias: Float64Array.from(packed.subarray(facts, facts + styles)),
    weights: Float64Array.from(packed.subarray(facts + styles)),
  };
}

/** Names numbers, for the content key of what was fitted to them. */
export function fingerprintOf(values: Float64Array): string {
  return Buffer.from(contentKey(Buffer.from(values.buffer).toString("latin1"))).toString("hex");
}
