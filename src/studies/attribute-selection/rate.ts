import { mapConcurrent } from "../../core/concurrency.ts";
import type { Observer } from "../../core/events.ts";
import type { Judge } from "../../judge/judge.ts";
import type { RatedText } from "../texts.ts";

/**
 * Rates every text on every name: the matrix that `attributes select` reads.
 * @returns texts x names, row-major; NaN where a score was not obtained
 */
export async function rateTexts(
  judge: Judge,
  texts: readonly RatedText[],
  names: readonly string[],
  concurrency: number,
  observe: Observer,
): Promise<Float64Array> {
  const values = new Float64Array(texts.length * names.length).fill(Number.NaN);
  const stage = "ratings";
  observe({ type: "stage", stage, total: texts.length });
  await mapConcurrent(texts, concurrency, async ({ text }, row) => {
    const scores = text === null ? [] : await judge.rateAll(text, names, null);
    for (const [i, score] of scores.entries()) values[row * names.length + i] = score ?? Number.NaN;
    observe({ type: "progress", stage, done: 1, total: texts.length });
  });
  return values;
}
