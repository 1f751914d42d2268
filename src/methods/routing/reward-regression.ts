import { contentKey } from "../../core/hash.ts";
import {
  fitRidge,
  type LinearModel,
  linearModel,
  predictDual,
  predictLinear,
  type RidgeDesign,
  ridgeDesign,
  rowProducts,
} from "../../numerics/ridge.ts";
import type { MethodContext } from "../method.ts";
import { meanChosenReward, rewardMatrix } from "../rewards.ts";
import type { HistoryFeatures } from "./features.ts";
import { fingerprintOf, packModel, unpackModel } from "./model-file.ts";
import { checkRewards, type Lesson, type StyleScores } from "./style-scores.ts";

/** Raised whenever fitting changes, so that no model of an older version is taken for a new one's. */
const VERSION = 1;

/** Penalties tried, as a share of the train rows' mean squared length: from nearly blind to nearly free. */
const PENALTIES_PER_ROW: readonly number[] = [3, 1, 0.3, 0.1, 0.03, 0.01, 0.003];

/**
 * All 2K rewards of a user by ridge regression on the history, missing ones left out. The penalty is the one whose choices
 * of style bring the validation users the most (ties: the larger one). To regress the reward of every action and take the
 * arg-max is what contextual bandits call the direct method (Dudik, Langford & Li, 2011); here every action's is known.
 * @returns the expected rewards of a user's styles
 * @throws ApmError where there is no reward to learn from
 */
export function rewardRegression({ train, validation, features, context }: Lesson): StyleScores {
  const rewards = {
    train: rewardMatrix(train, context.labels),
    validation: rewardMatrix(validation, context.labels),
  };
  checkRewards(rewards.train, "routing");
  const { facts, ...model } = storedModel(rewards, features, context);
  const [penalty, validationReward] = facts as [number, number];
  context.learned({ penalty, validationReward });
  return async (user) => predictLinear(model, await features.of(user));
}

interface Rewards {
  readonly train: Float64Array;
  readonly validation: Float64Array;
}

/** The fitted regression: from the store when the same texts and rewards were fitted before. */
function storedModel(rewards: Rewards, features: HistoryFeatures, context: MethodContext) {
  const { labels, artifacts } = context;
  const key = contentKey(
    JSON.stringify([
      "rewards",
      VERSION,
      fingerprintOf(rewards.train),
      fingerprintOf(rewards.validation),
      features.fingerprint,
    ]),
  );
  const stored = artifacts.getArtifact("router", key);
  if (stored !== undefined) return unpackModel(stored, labels.length, FACTS);
  const { model, penalty, worth } = selectedModel(rewards, features, context);
  const packed = packModel(model, [penalty, worth]);
  artifacts.putArtifact("router", key, packed);
  // Through the packed form in both cases: a second run must choose exactly as the first.
  return unpackModel(packed, labels.length, FACTS);
}

/** Penalty and the worth of its choices, which are kept with a model. */
const FACTS = 2;

/** What depends on the texts alone: the train rows' products, and those of validation with train rows. */
interface SharedProducts {
  readonly design: RidgeDesign;
  readonly validation: Float64Array;
  readonly meanSquare: number;
}

function selectedModel(
  rewards: Rewards,
  features: HistoryFeatures,
  context: MethodContext,
): { model: LinearModel; penalty: number; worth: number } {
  const { design, validation, meanSquare } = context.memo(
    `products of histories: ${features.kind}`,
    (): SharedProducts => ({
      design: ridgeDesign(features.train),
      validation: rowProducts(features.validation, features.train),
      meanSquare: features.train.values.reduce((sum, v) => sum + v * v, 0) / features.train.rows,
    }),
  );
  const styles = context.labels.length;
  const tried = PENALTIES_PER_ROW.map((perRow) => {
    const penalty = perRow * meanSquare * features.train.rows;
    const fit = fitRidge(design, rewards.train, penalty);
    return {
      fit,
      penalty,
      worth: meanChosenReward(predictDual(fit, validation), rewards.validation, styles),
    };
  });
  const { fit, penalty, worth } = tried.reduce((a, b) => (b.worth > a.worth ? b : a));
  return { model: linearModel(design, fit), penalty, worth };
}
