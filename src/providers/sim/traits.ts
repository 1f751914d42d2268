import { UsageError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { SCALE_MIDPOINT } from "../../core/rating-scale.ts";
import { FEATURE_COUNT, FEATURE_IDS, type FeatureId, featureIndex } from "./features.ts";
import source from "./traits.json" with { type: "json" };

/** A trait of the simulated world, as `traits.json` holds it: a direction over the features and why. */
interface TraitRow {
  readonly name: string;
  readonly why: string;
  /** Weights of standardised features; only their proportions count. */
  readonly features?: Readonly<Partial<Record<FeatureId, number>>>;
  /** Another trait whose features these are: the same thing by another name. */
  readonly like?: string;
  /**
   * What judges give ordinary answers, 1-10 (5.5 unless stated): from the 13 judges of `judge-scores` for antonym
   * poles (made symmetric: s+ and 11 - s- averaged), from `response-ratings` for the other principles.
   */
  readonly ordinary?: number;
}

export interface Trait {
  readonly name: string;
  /** Unit vector over the standardised features. */
  readonly vector: Float64Array;
  readonly ordinary: number;
}

const rows = new Map((source as readonly TraitRow[]).map((row) => [row.name, row]));

function vectorOf(row: TraitRow): Float64Array {
  const features = row.features ?? rows.get(row.like ?? "")?.features;
  if (features === undefined) {
    throw new UsageError(`trait "${row.name}" has no features and is like no trait that has`, {
      where: "traits.json",
      remedy: "give it features, or the name of a trait that has some",
    });
  }
  const vector = new Float64Array(FEATURE_COUNT);
  for (const [id, weight] of Object.entries(features)) {
    if (!FEATURE_IDS.includes(id as FeatureId)) {
      throw new UsageError(`trait "${row.name}" weighs an unknown feature "${id}"`, { where: "traits.json" });
    }
    vector[featureIndex(id as FeatureId)] = weight;
  }
  const norm = Math.hypot(...vector);
  return vector.map((weight) => weight / norm);
}

const traits = new Map<string, Trait>();
for (const row of rows.values()) {
  traits.set(row.name, {
    name: row.name,
    vector: vectorOf(row),
    ordinary: row.ordinary ?? SCALE_MIDPOINT,
  });
}

/** Every trait that the simulated model understands, in alphabetical order. */
export const KNOWN_TRAITS: readonly string[] = [...traits.keys()];

export function isKnownTrait(name: string): boolean {
  return traits.has(normalise(name));
}

/**
 * The trait of that name, whatever its case.
 * @throws UsageError naming the known traits, and the nearest one when the name looks like a slip
 */
export function traitNamed(name: string): Trait {
  const trait = traits.get(name) ?? traits.get(normalise(name));
  if (trait !== undefined) return trait;
  throw new UsageError(
    `the simulated model does not know the trait "${name}"${didYouMean(normalise(name), KNOWN_TRAITS)}`,
    {
      where: "pool or style instruction given to provider sim",
      remedy: `use one of: ${KNOWN_TRAITS.join(", ")}; or a real model, which understands any words`,
    },
  );
}

/** The trait's direction over the standardised features, of length 1. Shared: do not write to it. */
export function traitVector(name: string): Float64Array {
  return traitNamed(name).vector;
}

function normalise(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, " ");
}
