import type { TrainUser, UserText } from "../../core/artifacts.ts";
import { fingerprint } from "../../core/hash.ts";
import { rootKey } from "../../core/random.ts";
import { unit } from "../../numerics/cosine.ts";
import { along, centreWithin, principalAxes } from "../../numerics/principal-axes.ts";
import { besides, type Csr, firstRows, fromDense } from "../../numerics/sparse.ts";
import { fitVectorizer } from "../../numerics/text-features.ts";
import { embedAll } from "../histories.ts";
import type { MethodContext } from "../method.ts";
import { type FeatureKind, historyFeatures } from "../routing/features.ts";

/** Histories and answers as few numbers each; the same in every world. */
export interface Descriptions {
  readonly userSize: number;
  readonly answerSize: number;
  /** Users of a split with their candidates, one after the other. */
  readonly train: DescribedUsers;
  readonly validation: DescribedUsers;
  /** phi: a user by the history, userSize numbers. */
  user(user: Pick<UserText, "id" | "history">): Promise<Float64Array>;
  /** psi: answers to one prompt, answerSize numbers each, centred over them. */
  answers(texts: readonly string[]): Promise<Float64Array>;
  /** Names all texts and how they are described, for the content key of a fitted model. */
  readonly fingerprint: string;
}

/** As `PreferenceData` wants them. */
export interface DescribedUsers {
  readonly users: Float64Array;
  readonly answers: Float64Array;
  readonly starts: Uint32Array;
}

/** Numbers a history, and an answer, is reduced to: docs/decisions/learned-rewards.md. */
const AXES = 32;
/** Answers that the axes are taken from, at most: whole users from the first on. */
const SAMPLED = 4_000;
const KEY = rootKey("apm-bench/reward-rerank/axes");

/** The descriptions of one kind, made once for all methods and worlds of a run. */
export function describeTexts(
  kind: FeatureKind,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  context: MethodContext,
): Promise<Descriptions> {
  return context.memo(`descriptions of users and answers: ${kind}`, async (): Promise<Descriptions> => {
    const histories = await historyFeatures(kind, train, validation, context);
    const read = answerReader(kind, train, context);
    const candidates = { train: await read(textsOf(train)), validation: await read(textsOf(validation)) };
    const user = userReduction(histories.train);
    const answer = answerReduction(candidates.train, train);
    return {
      userSize: user.size,
      answerSize: answer.size,
      train: {
        users: user.of(histories.train),
        answers: answer.of(candidates.train, groupsOf(train)),
        starts: startsOf(train),
      },
      validation: {
        users: user.of(histories.validation),
        answers: answer.of(candidates.validation, groupsOf(validation)),
        starts: startsOf(validation),
      },
      user: async (who) => user.of(await histories.of(who)),
      answers: async (texts) => answer.of(await read(texts), new Uint32Array(texts.length)),
      fingerprint: fingerprint(
        JSON.stringify([histories.fingerprint, textsOf(train), textsOf(validation)]),
        32,
      ),
    };
  });
}

const textsOf = (users: readonly TrainUser[]): string[] =>
  users.flatMap(({ candidates }) => candidates.map(({ text }) => text));

function startsOf(users: readonly TrainUser[]): Uint32Array {
  let end = 0;
  return Uint32Array.from([0, ...users.map(({ candidates }) => (end += candidates.length))]);
}

/** The number of its user for every candidate. */
const groupsOf = (users: readonly TrainUser[]): Uint32Array =>
  Uint32Array.from(users.flatMap(({ candidates }, u) => candidates.map(() => u)));

/** Answers as rows of the features that histories are read by; n-grams are those of the train users' candidates. */
function answerReader(
  kind: FeatureKind,
  train: readonly TrainUser[],
  context: MethodContext,
): (texts: readonly string[]) => Promise<Csr> {
  const embedding = async (texts: readonly string[]): Promise<Csr> =>
    fromDense((await embedAll(context, texts)).map(unit));
  if (kind === "embedding") return embedding;
  const vectorizer = fitVectorizer(textsOf(train).map((text) => [text]));
  const ngrams = async (texts: readonly string[]): Promise<Csr> =>
    vectorizer.transform(texts.map((text) => [text]));
  return kind === "ngrams" ? ngrams : async (texts) => besides(await ngrams(texts), await embedding(texts));
}

/** Histories less the train users' mean, along their principal axes, in units of the train users' spread. */
function userReduction(train: Csr) {
  const axes = principalAxes(train, new Uint32Array(train.rows), AXES, KEY);
  const size = axes.count;
  const known = along(axes, train);
  const mean = new Float64Array(size);
  known.forEach((value, i) => {
    mean[i % size]! += value / train.rows;
  });
  const centred = (values: Float64Array): Float64Array =>
    values.map((v, i) => v - (mean[i % size] as number));
  const spread = spreadOf(centred(known), size);
  return { size, of: (rows: Csr): Float64Array => centred(along(axes, rows)).map((v) => v / spread) };
}

/** Answers less the mean over the answers to the same prompt, so that its topic does not count; else as histories. */
function answerReduction(train: Csr, users: readonly TrainUser[]) {
  const groups = groupsOf(users);
  const sampled = firstRows(train, startsOf(users).findLast((start) => start <= SAMPLED) || train.rows);
  const axes = principalAxes(sampled, groups.subarray(0, sampled.rows), AXES, KEY);
  const size = axes.count;
  const centred = (rows: Csr, own: Uint32Array): Float64Array => {
    const values = along(axes, rows);
    centreWithin(values, own, size);
    return values;
  };
  const spread = spreadOf(centred(train, groups), size);
  return {
    size,
    of: (rows: Csr, own: Uint32Array): Float64Array => centred(rows, own).map((v) => v / spread),
  };
}

/** Root mean squared length of rows; 1 where all are 0. */
const spreadOf = (values: Float64Array, size: number): number =>
  Math.sqrt((values.reduce((sum, v) => sum + v * v, 0) * size) / values.length) || 1;
