import { fold, rootKey } from "../../core/random.ts";
import { directionOf } from "../../core/rating-scale.ts";
import type { Interval } from "../../core/run-record.ts";
import {
  atLeast,
  binomial,
  middleRange,
  rateInterval,
  signedMatches,
  sumOfHits,
} from "../../statistics/matches.ts";
import { drawnWorld, type Mapping, stackedIn, type World } from "../../world/mapping.ts";
import { targetsOf } from "../../world/targets.ts";
import type { Guess } from "./guess.ts";

/** How a guess from the names alone fares against the sampled mappings. A hit names both principle and direction. */
export interface GuessHits {
  readonly hits: number;
  /** (attribute, world) pairs that were guessed. */
  readonly of: number;
  readonly accuracy: number | null;
  readonly accuracyCi95: Interval | null;
  /** 1 / 2K; of stacked permutations, any of which may be named, as many times that. */
  readonly chance: number;
  /** Accuracies in the middle 95 % of what chance gives, exactly. */
  readonly chanceRange95: Interval;
  /** Chance of as many hits or more. */
  readonly pValue: number | null;
  /** `principles`: right whatever the direction. */
  readonly perWorld: readonly { readonly seed: number; readonly hits: number; readonly principles: number }[];
}

export function guessHits(guess: Guess, worlds: readonly World[]): GuessHits {
  const k = guess.scores.length;
  const guessed = guess.scores.flatMap((row, attribute) => (row === null ? [] : [attribute]));
  // A matrix from a file is the same in all worlds: one mapping, one chance.
  const distinct = worlds.every(({ kind }) => kind === "file") ? worlds.slice(0, 1) : worlds;
  const claims = guessed.map((attribute) => preferred(guess.matrix, attribute));
  const perWorld = distinct.map(({ seed, kind, matrix }) => {
    const right = guessed.map((attribute, i) => {
      const claim = claims[i] as Claim;
      const truth =
        kind === "stacked-permutation" ? stackedAt(matrix, attribute, claim) : preferred(matrix, attribute);
      return { principle: truth.principle === claim.principle, sign: truth.sign === claim.sign };
    });
    return {
      seed,
      hits: right.filter(({ principle, sign }) => principle && sign).length,
      principles: right.filter(({ principle }) => principle).length,
    };
  });
  const byChance = sumOfHits(distinct.map((world) => chanceIn(world, guessed, claims, k)));
  const hits = perWorld.reduce((sum, world) => sum + world.hits, 0);
  const of = guessed.length * distinct.length;
  const [low, high] = middleRange(byChance);
  return {
    hits,
    of,
    accuracy: of === 0 ? null : hits / of,
    accuracyCi95: rateInterval(hits, of),
    chance: stacked(distinct[0]) / (2 * k),
    chanceRange95: of === 0 ? [0, 0] : [low / of, high / of],
    pValue: of === 0 ? null : atLeast(byChance, hits),
    perWorld,
  };
}

/**
 * What hits chance gives in one world: over the draws of a random mapping, or where the mapping is fixed, over guesses
 * that know nothing.
 */
function chanceIn(
  { kind, matrix }: World,
  guessed: readonly number[],
  claims: readonly Claim[],
  k: number,
): number[] {
  switch (kind) {
    case "signed-permutation":
      return signedMatches(
        k,
        claims.map(({ principle }) => principle),
      );
    case "stacked-permutation":
      return stackedMatches(k, stackedIn(matrix), guessed, claims);
    case "gaussian":
      // Columns are independent, and any entry of one is as likely as any other to be the largest.
      return binomial(guessed.length, 1 / (2 * k));
    case "file":
      return signedMatches(
        k,
        guessed.map((attribute) => preferred(matrix, attribute).principle),
      );
  }
}

const stacked = (world: World | undefined): number =>
  world?.kind === "stacked-permutation" ? stackedIn(world.matrix) : 1;

/** Of several principles that weigh the same, the one that was named, or another where it is none of them. */
function stackedAt(matrix: Mapping, attribute: number, { principle }: Claim): Claim {
  const entry = matrix[principle]?.[attribute] ?? 0;
  return entry === 0 ? preferred(matrix, attribute) : { principle, sign: entry > 0 ? 1 : -1 };
}

const DRAWS = 4_000;

/**
 * How many claims stacked permutations meet by chance, by draws of their own key; one more in which all are met keeps p above
 * 0 (Davison and Hinkley, 1997, "Bootstrap Methods", section 4.2).
 */
function stackedMatches(
  k: number,
  count: number,
  guessed: readonly number[],
  claims: readonly Claim[],
): number[] {
  const times = new Array<number>(guessed.length + 1).fill(0);
  times[guessed.length] = 1;
  const key = rootKey("audit/stacked");
  for (let i = 0; i < DRAWS; i++) {
    const { matrix } = drawnWorld(i, "stacked-permutation", k, fold(key, i), count);
    const hits = guessed.filter((attribute, at) => {
      const { principle, sign } = claims[at] as Claim;
      return matrix[principle]?.[attribute] === sign;
    });
    times[hits.length]! += 1;
  }
  return times.map((n) => n / (DRAWS + 1));
}

interface Claim {
  readonly principle: number;
  readonly sign: 1 | -1;
}

/** What a user who shows this attribute alone wants most. */
function preferred(matrix: Mapping, attribute: number): Claim {
  const alone = matrix.map((_, i): 0 | 1 => (i === attribute ? 1 : 0));
  const [first] = targetsOf(matrix, alone, 1);
  if (first === undefined) throw new RangeError(`column ${attribute + 1} of a mapping is all zero`);
  return first;
}

/** The guess in words: for each attribute the principle and direction that it was given, and its score. */
export function guessedPairs(
  guess: Guess,
): ({ attribute: number; principle: number; direction: "follow" | "avoid"; score: number } | null)[] {
  return guess.scores.map((row, attribute) => {
    if (row === null) return null;
    const { principle, sign } = preferred(guess.matrix, attribute);
    return { attribute, principle, direction: directionOf(sign), score: row[principle] as number };
  });
}
