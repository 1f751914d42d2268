import type { Key } from "../../core/random.ts";
import { holm } from "../../statistics/correction.ts";
import { infer } from "../../statistics/crossed.ts";
import { mean } from "../../statistics/descriptive.ts";
import { meanOfCells } from "../../statistics/linearised.ts";
import type { BiasSample } from "./collect.ts";
import { type Criterion, criteriaOf, scoresOf } from "./scores.ts";
import { NONE } from "./variants.ts";

/**
 * - `moves`: p < 0.05, Holm-adjusted over the variants;
 * - `holds`: not so, and the 95 % interval lies within the margin of equivalence: the variant cannot matter much;
 * - `open`: neither is shown.
 */
export type Verdict = "moves" | "holds" | "open";

/** What one variant does to one criterion, against no system prompt on the same users. */
export interface Effect {
  /** A base model, or `null` for the users' means over all of them. */
  readonly model: string | null;
  readonly variant: string;
  readonly criterion: string;
  /** Mean score without a system prompt. */
  readonly reference: number | null;
  /** Mean change, variant minus none. */
  readonly change: number | null;
  readonly changeCi95: readonly [number, number] | null;
  readonly pValue: number | null;
  readonly pValueAdjusted: number | null;
  readonly verdict: Verdict;
  readonly users: number;
  /** Users left out because a score is missing. */
  readonly missing: number;
}

/** One criterion over all variants, base models taken together. */
export interface CriterionSummary extends Criterion {
  readonly reference: number | null;
  readonly moves: number;
  readonly holds: number;
  readonly open: number;
  /** The variant with the largest |change|. */
  readonly largest: Effect | null;
}

export interface BiasAnalysis {
  readonly models: readonly string[];
  readonly variants: readonly string[];
  readonly users: number;
  /** Half the width of the zone in which a change counts as none, in points of the scale. */
  readonly margin: number;
  readonly criteria: readonly CriterionSummary[];
  readonly effects: readonly Effect[];
}

export interface BiasSettings {
  readonly margin: number;
}

const LEVEL = 0.05;

/** Mean changes against the variant `none`, with intervals and tests by Student's t over users, and verdicts. */
export function analyseBias(
  samples: readonly BiasSample[],
  principles: readonly string[],
  key: Key,
  settings: BiasSettings,
): BiasAnalysis {
  const criteria = criteriaOf(principles);
  const models = distinct(samples.map(({ model }) => model));
  const users = distinct(samples.map(({ user }) => user));
  const variants = distinct(samples.map(({ variant }) => variant)).filter((variant) => variant !== NONE);
  const scores = new Map(
    samples.map((sample) => [
      cell(sample.model, sample.user, sample.variant),
      scoresOf(sample, principles, key),
    ]),
  );
  const at = (model: string, user: string, variant: string, criterion: number): number =>
    scores.get(cell(model, user, variant))?.[criterion] ?? Number.NaN;

  const scopes: { model: string | null; of: readonly string[] }[] = [
    { model: null, of: models },
    ...(models.length > 1 ? models.map((model) => ({ model, of: [model] })) : []),
  ];
  const effects = scopes.flatMap(({ model, of }) => {
    const pairs = criteria.flatMap((criterion, c) =>
      variants.map((variant) => ({ variant, criterion, ...paired(users, of, variant, c, at) })),
    );
    return effectsOf(model, pairs, settings);
  });
  const pooled = effects.filter(({ model }) => model === null);
  return {
    models,
    variants,
    users: users.length,
    margin: settings.margin,
    criteria: criteria.map((criterion) => summarise(criterion, pooled)),
    effects,
  };
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)];
const cell = (model: string, user: string, variant: string): string => JSON.stringify([model, user, variant]);

interface PairedColumns {
  readonly variant: string;
  readonly criterion: Criterion;
  /** By user; NaN where missing. */
  readonly changes: Float64Array;
  readonly references: Float64Array;
}

/** Each user's mean change over the models where both scores are known, and the mean reference of the same. */
function paired(
  users: readonly string[],
  models: readonly string[],
  variant: string,
  criterion: number,
  at: (model: string, user: string, variant: string, criterion: number) => number,
): Pick<PairedColumns, "changes" | "references"> {
  const changes = new Float64Array(users.length);
  const references = new Float64Array(users.length);
  for (const [u, user] of users.entries()) {
    const known = models
      .map((model) => [at(model, user, NONE, criterion), at(model, user, variant, criterion)] as const)
      .filter(([none, with_]) => !Number.isNaN(none) && !Number.isNaN(with_));
    changes[u] = mean(known.map(([none, with_]) => with_ - none)) ?? Number.NaN;
    references[u] = mean(known.map(([none]) => none)) ?? Number.NaN;
  }
  return { changes, references };
}

function effectsOf(
  model: string | null,
  pairs: readonly PairedColumns[],
  { margin }: BiasSettings,
): Effect[] {
  const found = pairs.map(({ changes: values }) =>
    infer(meanOfCells({ users: values.length, worlds: 1, values })),
  );
  const pValues = found.map((inference) => inference?.pValue ?? null);
  const adjusted = pairs.map((): number | null => null);
  for (const { id } of new Set(pairs.map(({ criterion }) => criterion))) {
    const family = pairs.flatMap(({ criterion }, i) => (criterion.id === id ? [i] : []));
    const values = holm(family.map((i) => pValues[i] as number | null));
    for (const [n, i] of family.entries()) adjusted[i] = values[n] as number | null;
  }
  return pairs.map(({ variant, criterion, changes, references }, i): Effect => {
    const known = changes.filter((change) => !Number.isNaN(change));
    const changeCi95 = found[i]?.ci95 ?? null;
    const pValueAdjusted = adjusted[i] as number | null;
    return {
      model,
      variant,
      criterion: criterion.id,
      reference: mean(references.filter((value) => !Number.isNaN(value))),
      change: mean(known),
      changeCi95,
      pValue: pValues[i] as number | null,
      pValueAdjusted,
      verdict: verdictOf(pValueAdjusted, changeCi95, margin),
      users: known.length,
      missing: changes.length - known.length,
    };
  });
}

function verdictOf(p: number | null, ci: Effect["changeCi95"], margin: number): Verdict {
  if (p !== null && p < LEVEL) return "moves";
  return ci !== null && ci[0] >= -margin && ci[1] <= margin ? "holds" : "open";
}

function summarise(criterion: Criterion, effects: readonly Effect[]): CriterionSummary {
  const own = effects.filter((effect) => effect.criterion === criterion.id);
  const count = (verdict: Verdict): number => own.filter((effect) => effect.verdict === verdict).length;
  const size = ({ change }: Effect): number => Math.abs(change ?? 0);
  return {
    ...criterion,
    reference: own[0]?.reference ?? null,
    moves: count("moves"),
    holds: count("holds"),
    open: count("open"),
    largest: own.reduce<Effect | null>((a, b) => (a === null || size(b) > size(a) ? b : a), null),
  };
}
