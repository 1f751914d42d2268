import { SCALE_MAX, SCALE_MIN } from "../core/rating-scale.ts";
import { fixed } from "./format.ts";

/** Stands for an effect that no method can have: the scale ends before it. */
const TOO_FEW = "too few users or worlds to say";

const isBeyondScale = (effect: number): boolean => effect > SCALE_MAX - SCALE_MIN;

/** An effect that a study could find, in points of reward; words where it lies beyond the scale. */
export function detectableEffect(effect: number | null): string {
  return effect !== null && isBeyondScale(effect) ? TOO_FEW : fixed(effect);
}

/** "0.23 to 0.43", or one figure where the digits do not differ; `effects` is not empty. */
export function effectRange(effects: readonly number[]): string {
  const [low, high] = [Math.min(...effects), Math.max(...effects)];
  if (isBeyondScale(low)) return TOO_FEW;
  if (isBeyondScale(high)) return `${fixed(low)} and more (for some methods ${TOO_FEW})`;
  return fixed(low) === fixed(high) ? fixed(low) : `${fixed(low)} to ${fixed(high)}`;
}
