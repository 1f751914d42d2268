import type { UserProfile } from "../../core/artifacts.ts";
import { SCALE_MIDPOINT } from "../../core/rating-scale.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import type { PreparedUsers } from "../../pipeline/users.ts";
import { ratingAt } from "../../ratings/rating-matrix.ts";
import type { Mapping, World } from "../../world/mapping.ts";
import { reward } from "../../world/reward.ts";
import { targetsOf } from "../../world/targets.ts";
import { attributeSets, setProbabilities } from "./attribute-sets.ts";
import { learnedPreferences, learnMapping } from "./learn-mapping.ts";
import { expectedTerms, preferenceTerms } from "./preference-terms.ts";
import type { Recognised } from "./recogniser.ts";
import { bestStyle, expectedRewards, type StyleRatings } from "./style-ratings.ts";

/** What the plug-in router knows: attributes true or predicted, mapping true or learned. */
export const CELLS = ["both", "mapping", "attributes", "neither"] as const;
/** Which of the two is known. */
export type Cell = (typeof CELLS)[number];

/** The chosen style of each test user, by index into the 2K labels. */
export type CellStyles = Readonly<Record<Cell, readonly number[]>>;

/** What is chosen in one world. */
export interface WorldChoices {
  readonly styles: CellStyles;
  /** For each test user the reward that the best style's answers have on average, by the train users' ratings. */
  readonly reach: readonly number[];
}

type Terms = readonly Float64Array[];

/** Everything about users that no world changes, made once. */
export interface KnownUsers {
  readonly ratings: StyleRatings;
  readonly hasPairs: boolean;
  readonly attributes: Readonly<Record<"train" | "validation" | "test", Terms>>;
  readonly recognised: Readonly<Record<"train" | "validation" | "test", Terms>>;
  /** The test users' own, and what the recogniser makes of each: probabilities of the possible sets. */
  readonly test: readonly {
    readonly attributes: UserProfile["attributes"];
    readonly probabilities: Float64Array;
  }[];
  readonly sets: ReturnType<typeof attributeSets>;
}

/** @param m how many attributes a user shows */
export function knownUsers(
  users: PreparedUsers,
  recognised: Recognised,
  ratings: StyleRatings,
  m: number,
): KnownUsers {
  const sets = attributeSets(ratings.principles, m);
  const hasPairs = m > 1;
  const termsOfSets = sets.map(({ attributes }) => preferenceTerms(attributes, hasPairs));
  const trueTerms = (split: "train" | "validation" | "test"): Terms =>
    users[split].map(({ profile }) => preferenceTerms(profile.attributes, hasPairs));
  const likely = (split: "train" | "validation" | "test"): Terms =>
    recognised[split].map((sides) => setProbabilities(sides, sets));
  const expected = (probabilities: Terms): Terms =>
    probabilities.map((own) => expectedTerms(own, sets, termsOfSets));
  const test = likely("test");
  return {
    ratings,
    hasPairs,
    sets,
    attributes: { train: trueTerms("train"), validation: trueTerms("validation"), test: trueTerms("test") },
    recognised: {
      train: expected(likely("train")),
      validation: expected(likely("validation")),
      test: expected(test),
    },
    test: users.test.map(({ profile }, u) => ({
      attributes: profile.attributes,
      probabilities: test[u] as Float64Array,
    })),
  };
}

/**
 * The styles that the plug-in router chooses in one world: the largest expected reward, under the mean train ratings, of
 * what is known. Predicted attributes are probabilities, and the reward is expected over them as well.
 * @param n how many targets a user's reward weighs
 */
export function chooseStyles(
  users: PreparedUsers,
  known: KnownUsers,
  { matrix }: World,
  n: number,
): WorldChoices {
  const { ratings } = known;
  const rewards = (list: readonly PreparedUser[]) => list.map((user) => styleRewards(user, matrix, n));
  const [train, validation] = [rewards(users.train), rewards(users.validation)];
  const learned = (of: "attributes" | "recognised") => {
    const mapping = learnMapping(
      ratings,
      { terms: known[of].train, rewards: train },
      { terms: known[of].validation, rewards: validation },
      ratings.principles,
    );
    return known[of].test.map((terms) => bestStyle(ratings, learnedPreferences(mapping, terms)));
  };
  const preferencesOfSets = known.sets.map(({ attributes }) => preferencesOf(matrix, attributes, n));
  const own = known.test.map(({ attributes }) => preferencesOf(matrix, attributes, n));
  return {
    styles: {
      both: own.map((preferences) => bestStyle(ratings, preferences)),
      mapping: known.test.map(({ probabilities }) =>
        bestStyle(ratings, expectedTerms(probabilities, known.sets, preferencesOfSets)),
      ),
      attributes: learned("attributes"),
      neither: learned("recognised"),
    },
    reach: own.map((preferences) => SCALE_MIDPOINT + Math.max(...expectedRewards(ratings, preferences))),
  };
}

/** The weights of the user's reward with their signs, one a principle. */
function preferencesOf(matrix: Mapping, attributes: UserProfile["attributes"], n: number): Float64Array {
  const out = new Float64Array(matrix.length);
  for (const { principle, sign, weight } of targetsOf(matrix, attributes, n)) out[principle] = sign * weight;
  return out;
}

/** A user's rewards of the 2K candidates, in the styles' order. */
function styleRewards({ profile, ratings }: PreparedUser, matrix: Mapping, n: number): (number | null)[] {
  const targets = targetsOf(matrix, profile.attributes, n);
  return Array.from({ length: ratings.rows }, (_, row) =>
    reward(targets, (principle) => ratingAt(ratings, row, principle)),
  );
}
