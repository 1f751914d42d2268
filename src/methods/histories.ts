import type { UserText } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import type { MethodCalls, RunSizes } from "./calls.ts";
import type { MethodContext } from "./method.ts";

/** A history as one text to embed: prompts apart by a blank line. An empty history is an empty text. */
export function historyText(user: Pick<UserText, "history">): string {
  return user.history.join("\n\n");
}

/** Embeds in batches that a server accepts, some at once where the run says how many; order kept. */
export async function embedAll(
  { embedder, concurrency = 1 }: Embedding,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const batches = Array.from({ length: embedRequests(texts.length) }, (_, i) =>
    texts.slice(i * EMBED_BATCH, (i + 1) * EMBED_BATCH),
  );
  return (await mapConcurrent(batches, concurrency, (batch) => embedder.embed(batch))).flat();
}
type Embedding = Pick<MethodContext, "embedder"> & Partial<Pick<MethodContext, "concurrency">>;
/** What every provider takes in one call. */
const EMBED_BATCH = 32;

/** How many requests `embedAll` makes of so many texts. */
export const embedRequests = (texts: number): number => Math.ceil(texts / EMBED_BATCH);

/** Users' embedded histories, each made once for all methods and worlds of a run. */
export interface EmbeddedHistories {
  train(users: readonly UserText[]): Promise<Float32Array[]>;
  validation(users: readonly UserText[]): Promise<Float32Array[]>;
  /** Of a test user, by id and history: an audit shows the same user with other histories. */
  of(user: Pick<UserText, "id" | "history">): Promise<Float32Array>;
}

const memoOf = (whose: string): string => `embedded histories of ${whose} users`;

export function embeddedHistories(context: Embedding & Pick<MethodContext, "memo">): EmbeddedHistories {
  const { memo } = context;
  const once = (whose: string) => (users: readonly UserText[]) =>
    memo(memoOf(whose), () => embedAll(context, users.map(historyText)));
  const known = memo(memoOf("test"), () => new Map<string, Promise<Float32Array>>());
  return {
    train: once("train"),
    validation: once("validation"),
    of(user) {
      const text = historyText(user);
      const key = `${user.id} ${text}`;
      const vector =
        known.get(key) ?? embedAll(context, [text]).then(([embedded]) => embedded as Float32Array);
      known.set(key, vector);
      return vector;
    },
  };
}

/** What `embeddedHistories` asks the embedder for: methods that read the same histories share it. */
export function embeddedHistoryCalls(
  { train, validation, test }: Pick<RunSizes, "train" | "validation" | "test">,
  splits: readonly ("train" | "validation" | "test")[],
): MethodCalls[] {
  const asks = { train: embedRequests(train), validation: embedRequests(validation), test };
  return splits.map((split) => ({
    role: "embedder",
    asks: asks[split],
    calls: asks[split],
    sameAs: `histories of ${split} users`,
    memo: memoOf(split),
  }));
}
