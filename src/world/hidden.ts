import { hash } from "node:crypto";
import type { DrawnKind } from "../core/config/ids.ts";
import type { Key } from "../core/random.ts";
import { drawnWorld, type World } from "./mapping.ts";

/** Random bits that a hidden world is drawn from: its key, so that no world is likelier than another. */
export const HIDDEN_BITS = 128;

/**
 * The world of 128 bits: the same matrix on every machine.
 * @param bits 32 hexadecimal digits
 * @param stacked as of `sampleWorld`
 * @param number its name among the hidden worlds, from 1: a seed would give it away, and it has none
 */
export function hiddenWorld(
  bits: string,
  kind: DrawnKind,
  k: number,
  number: number,
  stacked?: number,
): World {
  const words = [0, 8, 16, 24].map((at) => Number.parseInt(bits.slice(at, at + 8), 16));
  return drawnWorld(number, kind, k, words as unknown as Key, stacked);
}

/** What is published of a hidden world beforehand: SHA-256 of its bits (16 bytes), hexadecimal. */
export function commitmentOf(bits: string): string {
  return hash("sha256", Buffer.from(bits, "hex"), "hex");
}
