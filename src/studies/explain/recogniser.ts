import type { UserProfile } from "../../core/artifacts.ts";
import { crossEntropy, designOf, predictProbabilities, trainLogistic } from "../../numerics/logistic.ts";
import { selectPenalty } from "../../numerics/select-penalty.ts";
import { type Document, fitVectorizer } from "../../numerics/text-features.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { sidesOf } from "./attribute-sets.ts";

/** One row a user: the probabilities of the 2K sides, summing to 1. */
export type SideProbabilities = readonly Float64Array[];

export interface Recognised {
  /** Each train user as seen by a recogniser that was not fitted on that user. */
  readonly train: SideProbabilities;
  readonly validation: SideProbabilities;
  readonly test: SideProbabilities;
}

type Seen = Pick<PreparedUser, "profile" | "text">;

/** Parts that train users are cut into, each recognised by what was fitted on the others. */
const FOLDS = 4;
/** How far the folds are trained; further changes no probability that matters, and takes twice as long. */
const FOLD_TOLERANCE = 0.05;

/**
 * Recognises attributes from histories: the router's own classifier (`methods/routing`: n-grams and logistic regression), but
 * fitted on the train users' true attributes instead of their rewards. Of a user with m attributes each active side has
 * 1 / m of the target. Knows no world.
 */
export function recogniseAttributes(
  train: readonly Seen[],
  validation: readonly Seen[],
  test: readonly Seen[],
): Recognised {
  const histories = (users: readonly Seen[]): Document[] => users.map(({ text }) => text.history);
  const documents = histories(train);
  const vectorizer = fitVectorizer(documents);
  const features = (users: readonly Seen[]) => vectorizer.transform(histories(users));
  const [targets, validationTargets] = [targetsOf(train), targetsOf(validation)];
  const classes = targets.length / train.length;
  const validationFeatures = features(validation);
  const everybody = new Float64Array(validation.length).fill(1);
  const { model } = selectPenalty(
    designOf(vectorizer.transform(documents)),
    targets,
    validationFeatures,
    (p) => crossEntropy(p, validationTargets, everybody),
  );
  const rowsOf = (probabilities: Float64Array): Float64Array[] =>
    Array.from({ length: probabilities.length / classes }, (_, i) =>
      probabilities.slice(i * classes, (i + 1) * classes),
    );
  // Neighbours together: users may be balanced in turn, so that every nth of them is of one kind.
  const foldOf = (i: number): number => Math.floor((i * FOLDS) / train.length);
  const unseen: Float64Array[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = train.filter((_, i) => foldOf(i) !== fold);
    const own = train.filter((_, i) => foldOf(i) === fold);
    if (own.length === 0) continue;
    const penalty = (model.penalty * train.length) / Math.max(1, others.length);
    const fitted = trainLogistic(designOf(features(others)), targetsOf(others), penalty, {
      tolerance: FOLD_TOLERANCE,
    });
    unseen.push(...rowsOf(predictProbabilities(fitted, features(own))));
  }
  const recognised = (of: ReturnType<typeof features>) => rowsOf(predictProbabilities(model, of));
  return {
    train: unseen,
    validation: recognised(validationFeatures),
    test: recognised(features(test)),
  };
}

/** Users x 2K sides, row-major; each row sums to 1. */
function targetsOf(users: readonly Seen[]): Float64Array {
  const sides = 2 * (users[0]?.profile.attributes.length ?? 0);
  const targets = new Float64Array(users.length * sides);
  for (const [u, { profile }] of users.entries()) {
    const active = sidesOf(profile.attributes);
    for (const side of active) targets[u * sides + side] = 1 / active.length;
  }
  return targets;
}

/** The sides that the recogniser would name: as many as the user has, the most probable first, one an attribute. */
export function namedSides(probabilities: Float64Array, attributes: UserProfile["attributes"]): number[] {
  const wanted = sidesOf(attributes).length;
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b,
  );
  const named: number[] = [];
  for (const side of order) {
    if (named.length < wanted && !named.includes(side ^ 1)) named.push(side);
  }
  return named;
}
