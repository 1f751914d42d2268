import { z } from "zod";
import type { TrainUser, UserText } from "../../core/artifacts.ts";
import { unit } from "../../numerics/cosine.ts";
import { besides, type Csr, fromDense } from "../../numerics/sparse.ts";
import { type Document, fitVectorizer } from "../../numerics/text-features.ts";
import { embeddedHistories } from "../histories.ts";
import type { MethodContext } from "../method.ts";

/** What is seen of a history: counted n-grams, the embedder's vector, or both side by side. */
export const FEATURE_KINDS = ["ngrams", "embedding", "both"] as const;
export type FeatureKind = (typeof FEATURE_KINDS)[number];

/** The option of methods that read histories by features. */
export const featuresOption = (kind: FeatureKind) =>
  z
    .enum(FEATURE_KINDS)
    .default(kind)
    .describe("what is read of a history: word and character n-grams, the embedder's vector, or both");

/** Whether the embedder is asked for them. */
export const areEmbedded = (kind: FeatureKind): boolean => kind !== "ngrams";

/** Users' histories as rows of numbers, the same in every world. */
export interface HistoryFeatures {
  readonly kind: FeatureKind;
  readonly train: Csr;
  readonly validation: Csr;
  of(user: Pick<UserText, "id" | "history">): Promise<Csr>;
  /** Names the texts and what is seen of them, for the content key of a fitted model. */
  readonly fingerprint: string;
}

/** The features of one kind, made once for all methods and worlds of a run. */
export function historyFeatures(
  kind: FeatureKind,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  context: Pick<MethodContext, "embedder" | "memo">,
): Promise<HistoryFeatures> {
  return context.memo(`features of histories: ${kind}`, async () => {
    if (kind === "ngrams") return ngramFeatures(train, validation);
    if (kind === "embedding") return embeddingFeatures(train, validation, context);
    const [words, vectors] = await Promise.all([
      historyFeatures("ngrams", train, validation, context),
      historyFeatures("embedding", train, validation, context),
    ]);
    return {
      kind,
      train: besides(words.train, vectors.train),
      validation: besides(words.validation, vectors.validation),
      of: async (user: Pick<UserText, "id" | "history">) =>
        besides(await words.of(user), await vectors.of(user)),
      fingerprint: JSON.stringify([words.fingerprint, vectors.fingerprint]),
    };
  });
}

const documentsOf = (users: readonly TrainUser[]): Document[] => users.map((user) => user.history);

function ngramFeatures(train: readonly TrainUser[], validation: readonly TrainUser[]): HistoryFeatures {
  const documents = documentsOf(train);
  const vectorizer = fitVectorizer(documents);
  /** Test users come again in every world. */
  const known = new Map<string, Csr>();
  return {
    kind: "ngrams",
    train: vectorizer.transform(documents),
    validation: vectorizer.transform(documentsOf(validation)),
    async of({ history }) {
      const name = JSON.stringify(history);
      const row = known.get(name) ?? vectorizer.transform([history]);
      known.set(name, row);
      return row;
    },
    fingerprint: JSON.stringify([documents, documentsOf(validation)]),
  };
}

/** Vectors at length 1, as a cosine sees them. */
async function embeddingFeatures(
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  context: Pick<MethodContext, "embedder" | "memo">,
): Promise<HistoryFeatures> {
  const histories = embeddedHistories(context);
  const vectors = (await histories.train(train)).map(unit);
  const columns = vectors[0]?.length ?? 0;
  return {
    kind: "embedding",
    train: fromDense(vectors, columns),
    validation: fromDense((await histories.validation(validation)).map(unit), columns),
    of: async (user) => fromDense([unit(await histories.of(user))], columns),
    fingerprint: JSON.stringify([context.embedder.identity, documentsOf(train), documentsOf(validation)]),
  };
}
