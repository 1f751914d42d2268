import { expect } from "vitest";
import type { AttributeSelection } from "../../src/studies/attribute-selection/select.ts";
import type { JudgeComparison } from "../../src/studies/judge-comparison/compare.ts";
import type { AttributeLanguage } from "../../src/studies/language-analysis/analyse.ts";

/** What test/reference/judge_scores.py prints: judge, pair, n, mean and SD of sums, balance, correlation, p-value. */
interface ComparisonReference {
  readonly rows: readonly (readonly (string | number)[])[];
  /** Judge, balance, mean correlation. */
  readonly overall: readonly (readonly (string | number)[])[];
}

/** Every row, and the figures over all pairs, are those of NumPy and SciPy. */
export function expectComparison(result: JudgeComparison, reference: ComparisonReference): void {
  expect(result.rows.length).toBe(reference.rows.length);
  for (const [judge, pair, n, ...values] of reference.rows) {
    const row = result.rows.find((r) => r.judge === judge && r.pair === pair)!;
    expect(row.n).toBe(n);
    const found = [row.meanSum, row.sdSum, row.balance, row.correlation] as number[];
    expectClose(found, values.slice(0, 4) as number[], 1e-9);
    const p = values[4] as number;
    expect(Math.abs(row.pValue! - p)).toBeLessThan(1e-9 * p + 1e-300);
  }
  for (const [judge, balance, correlation] of reference.overall) {
    const { balance: own, meanCorrelation } = result.overall.find((o) => o.judge === judge)!;
    expectClose([own!, meanCorrelation!], [balance as number, correlation as number], 1e-9);
  }
}

/** The balances' 95 % intervals are two times 1.96 standard errors wide, as far as 2,000 resamples can tell. */
export function expectIntervalWidths(
  { overall }: JudgeComparison,
  errors: readonly (readonly (string | number)[])[],
): void {
  expect(errors.length).toBe(overall.length);
  for (const [judge, error] of errors) {
    const [low, high] = overall.find((own) => own.judge === judge)!.balanceCi95!;
    expect(Math.abs((high - low) / (2 * 1.96 * (error as number)) - 1), judge as string).toBeLessThan(0.1);
  }
}

/** What test/reference/attribute_selection.py prints. */
interface SelectionReference {
  readonly kept: readonly string[];
  readonly entropies: readonly number[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly eigenvalues: readonly number[];
  readonly ceiling: number;
  readonly solutions: readonly {
    readonly k: number;
    readonly representatives: readonly string[];
    readonly loadings: readonly number[];
    readonly sumsOfSquares: readonly number[];
  }[];
}

/** Kept candidates, their scores and eigenvalues, the ceiling and every solution are those of NumPy. */
export function expectSelection(result: AttributeSelection, reference: SelectionReference): void {
  expect(result.kept).toEqual(reference.kept);
  expect(result.kept.length + result.removed.length).toBe(reference.entropies.length);
  expectClose(result.eigenvalues, reference.eigenvalues, 1e-8);
  expect(result.ceiling).toBe(reference.ceiling);
  const of = (key: "entropy" | "mean" | "sd"): number[] => result.candidates.map((c) => c[key]!);
  expectClose(of("entropy"), reference.entropies, 1e-12);
  expectClose(of("mean"), reference.means, 1e-12);
  expectClose(of("sd"), reference.deviations, 1e-12);
  for (const wanted of reference.solutions) {
    const { components } = result.solutions.find(({ k }) => k === wanted.k)!;
    expect(components.map((c) => c.representative)).toEqual(wanted.representatives);
    const loadings = components.map((c) => c.top[0]!.loading);
    expectClose(loadings, wanted.loadings, 1e-7);
    const sums = components.map((c) => c.sumOfSquaredLoadings);
    expectClose(sums, wanted.sumsOfSquares, 1e-6);
  }
}

/** What test/reference/language_analysis.py prints of an attribute: n-gram, z, counts on both sides. */
interface LanguageReference {
  readonly total: number;
  readonly rows: readonly (readonly (string | number)[])[];
}

/** As many n-grams, and the strongest ones' counts and z-scores, as NumPy finds. */
export function expectLanguage({ ngrams }: AttributeLanguage, reference: LanguageReference): void {
  const found = new Map(ngrams.map((marked) => [marked.ngram, marked]));
  expect(ngrams.length).toBe(reference.total);
  for (const [ngram, z, plus, minus] of reference.rows) {
    const marked = found.get(ngram as string)!;
    expect(marked.counts, ngram as string).toEqual([plus, minus]);
    expectClose([marked.z], [z as number], 1e-9);
  }
}

/** Numbers one by one within an absolute tolerance. */
export function expectClose(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(tolerance);
  });
}
