import type { JudgeScores } from "./scores.ts";

/** A hundredth of a tenth: scores that are no multiples of 0.1 differ from them by more. */
const ROUNDING = 1e-3;

/**
 * Puts a judge on the scale of 1 to 10 whose scores are whole answers on 1 to 100 divided by ten, by the linear map of
 * 1 to 100 onto 1 to 10: s' = 1 + (10 s - 1) / 11. Such a judge has a score below 1, which no answer on 1 to 10 has, and
 * nothing but multiples of 0.1; any other is left as it is. On tenths both sides of a judge without bias sum to 10.1, not
 * to 11, so that its balance would be off by what the division did.
 */
export function onScale(judge: JudgeScores): JudgeScores {
  if (judge.rescaled) return judge;
  const below = judge.pairs.some(({ belowScale }) => belowScale > 0);
  const tenths = judge.pairs.every(({ positive, negative }) =>
    [positive, negative].every((side) => side.every(isTenth)),
  );
  if (!below || !tenths) return judge;
  const stretch = (scores: Float64Array): Float64Array => scores.map((score) => 1 + (10 * score - 1) / 11);
  const pairs = judge.pairs.map((scores) => ({
    ...scores,
    positive: stretch(scores.positive),
    negative: stretch(scores.negative),
  }));
  return { ...judge, pairs, rescaled: true };
}

function isTenth(score: number): boolean {
  return score >= 0.1 - ROUNDING && Math.abs(10 * score - Math.round(10 * score)) < ROUNDING;
}
