import type { TrainUser } from "../../core/artifacts.ts";
import { contentKey } from "../../core/hash.ts";
import { rootKey } from "../../core/random.ts";
import type { PreferenceLoss } from "../../numerics/preference-loss.ts";
import type { PreferenceData, PreferenceModel } from "../../numerics/preference-model.ts";
import { selectPreferences } from "../../numerics/select-preferences.ts";
import type { MethodContext } from "../method.ts";
import { fingerprintOf } from "../routing/model-file.ts";
import { checkRewards } from "../routing/style-scores.ts";
import type { DescribedUsers, Descriptions } from "./descriptions.ts";

/** Raised whenever fitting changes, so that no model of an older version is taken for a new one's. */
export const REWARD_MODEL_VERSION = 2;

const KEY = rootKey("apm-bench/reward-rerank/start");

/** A fitted reward model, and how well it orders the validation users' candidates. */
export interface RewardModel {
  readonly model: PreferenceModel;
  readonly facts: { readonly penalty: number; readonly rank: number; readonly validationAccuracy: number };
}

/**
 * The model of all train users' candidates, penalty and rank by the validation users' pairwise log loss; from the store
 * when the same texts and rewards were fitted before.
 * @throws ApmError where there is no reward to learn from
 */
export function rewardModel(
  loss: PreferenceLoss,
  users: { readonly train: readonly TrainUser[]; readonly validation: readonly TrainUser[] },
  descriptions: Descriptions,
  { artifacts }: MethodContext,
): RewardModel {
  const { userSize, answerSize } = descriptions;
  const data = (described: DescribedUsers, list: readonly TrainUser[]): PreferenceData => ({
    userSize,
    answerSize,
    ...described,
    rewards: Float64Array.from(
      list.flatMap(({ candidates }) => candidates.map(({ reward }) => reward ?? Number.NaN)),
    ),
  });
  const train = data(descriptions.train, users.train);
  const validation = data(descriptions.validation, users.validation);
  checkRewards(train.rewards, "reward-rerank");
  const key = contentKey(
    JSON.stringify([
      REWARD_MODEL_VERSION,
      loss,
      fingerprintOf(train.rewards),
      fingerprintOf(validation.rewards),
      descriptions.fingerprint,
    ]),
  );
  const stored = artifacts.getArtifact("reward-model", key);
  if (stored !== undefined) return unpack(stored, descriptions);
  const { model, penalty, accuracy } = selectPreferences(train, validation, loss, KEY);
  const packed = new Uint8Array(Float32Array.of(model.rank, penalty, accuracy, ...model.parameters).buffer);
  artifacts.putArtifact("reward-model", key, packed);
  // Through the packed form in both cases: a second run must rank exactly as the first.
  return unpack(packed, descriptions);
}

function unpack(bytes: Uint8Array, { userSize, answerSize }: Descriptions): RewardModel {
  // A store may hand out bytes that do not begin at a multiple of four.
  const packed = Float64Array.from(new Float32Array(bytes.slice().buffer));
  const [rank, penalty, validationAccuracy] = packed as unknown as [number, number, number];
  return {
    model: { rank, userSize, answerSize, parameters: packed.slice(3) },
    facts: { penalty, rank, validationAccuracy },
  };
}
