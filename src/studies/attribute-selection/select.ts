import { ANTONYMS } from "../../catalog/antonyms.ts";
import { UsageError } from "../../core/errors.ts";
import type { Key } from "../../core/random.ts";
import { correlationMatrix, principalComponents } from "../../numerics/components.ts";
import { planarMap } from "../../numerics/planar-map.ts";
import { randomCorrelationEigenvalues } from "../../numerics/wishart.ts";
import { quantile } from "../../statistics/descriptive.ts";
import { type CandidateScores, filterRatings } from "./filter.ts";
import type { RatingMatrix } from "./ratings.ts";
import { rotatedSolution, type Solution } from "./rotate.ts";

export interface SelectionSettings {
  /** Candidates below are dropped; bits. */
  readonly entropy: number;
  /** Numbers of components to rotate besides the even ones up to the ceiling. */
  readonly ks: readonly number[];
  /** Random matrices of the parallel analysis. */
  readonly draws: number;
  /** Length of a component's list of candidates. */
  readonly top: number;
}

const SELECTION_DEFAULTS: SelectionSettings = { entropy: 1.5, ks: [], draws: 100, top: 10 };

export interface AttributeSelection {
  readonly kept: readonly string[];
  readonly removed: readonly string[];
  /** How many leading eigenvalues exceed those of random data: the largest k that the ratings support. */
  readonly ceiling: number;
  /** Share of each component before rotation: eigenvalue / number of kept candidates. */
  readonly explainedVariance: readonly number[];
  /** Of the correlation matrix, in descending order. */
  readonly eigenvalues: readonly number[];
  /** 95th percentile of each eigenvalue in random data of the same shape. */
  readonly threshold95: readonly number[];
  readonly solutions: readonly Solution[];
  readonly rows: number;
  readonly droppedRows: number;
  readonly belowScale: number;
  readonly candidates: readonly CandidateScores[];
  /** Correlations of known antonyms; a positive one says that the judge, or the texts, do not oppose them. */
  readonly antonyms: readonly { readonly pair: readonly [string, string]; readonly correlation: number }[];
  /** Kept candidates in the plane, near where |correlation| is large; see `planarMap`. */
  readonly map: {
    readonly points: readonly { readonly name: string; readonly x: number; readonly y: number }[];
    readonly neighboursKept: number;
  };
}

/**
 * Chooses attributes or principles from ratings (spec section 6): entropy filter, principal components of the
 * correlation matrix, Horn's parallel analysis (1965, Psychometrika 30) for the ceiling of k, varimax rotation.
 * @throws UsageError when too few candidates or rows are left, or a wanted k is impossible
 */
export function selectAttributes(
  ratings: RatingMatrix,
  key: Key,
  settings: Partial<SelectionSettings> = {},
): AttributeSelection {
  const { entropy, ks, draws, top } = { ...SELECTION_DEFAULTS, ...settings };
  const { names, rows, values, droppedRows, candidates } = filterRatings(ratings, entropy);
  const size = names.length;
  for (const k of ks) {
    if (Number.isInteger(k) && k >= 1 && k <= size) continue;
    throw new UsageError(`${k} components cannot be taken of ${size} kept candidates`, {
      where: "--k",
      remedy: `give whole numbers from 1 to ${size}`,
    });
  }
  const correlation = correlationMatrix(values, rows, size);
  const components = principalComponents(correlation, size);
  const eigenvalues = [...components.eigenvalues];
  const random = randomCorrelationEigenvalues(key, { rows, columns: size }, draws);
  const threshold95 = eigenvalues.map(
    (_, i) =>
      quantile(
        random.map((draw) => draw[i]!),
        0.95,
      )!,
  );
  const below = eigenvalues.findIndex((value, i) => value <= threshold95[i]!);
  const ceiling = below < 0 ? size : below;

  const keptCandidates = candidates.filter(({ kept }) => kept);
  const evens = Array.from({ length: Math.floor(ceiling / 2) }, (_, i) => 2 * (i + 1));
  const wanted = [...new Set([...evens, ...ks])].sort((a, b) => a - b);
  const map = planarMap(
    correlation.map((r) => 1 - Math.abs(r)),
    size,
  );
  return {
    kept: names,
    removed: candidates.filter(({ kept }) => !kept).map(({ name }) => name),
    ceiling,
    explainedVariance: eigenvalues.map((value) => value / size),
    eigenvalues,
    threshold95,
    solutions: wanted.map((k) => rotatedSolution(components.loadings(k), keptCandidates, top)),
    rows,
    droppedRows,
    belowScale: ratings.belowScale,
    candidates,
    antonyms: ANTONYMS.flatMap((pair) => {
      const [a, b] = pair.map((name) => names.indexOf(name)) as [number, number];
      return a < 0 || b < 0 ? [] : [{ pair, correlation: correlation[a * size + b]! }];
    }),
    map: {
      points: map.points.map(([x, y], i) => ({ name: names[i]!, x, y })),
      neighboursKept: map.neighboursKept,
    },
  };
}
