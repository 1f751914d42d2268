import type { UserText } from "../core/artifacts.ts";
import type { MethodCalls, RunSizes } from "./calls.ts";
import type { MethodContext } from "./method.ts";

/** A history as one text to embed: prompts apart by a blank line. An empty history is an empty text. */
export function historyText(user: Pick<UserText, "history">): string {
  return user.history.join("\n\n");
}

/** Embeds in batches that a server accepts; order kept. */
export async function embedAll(
  context: Pick<MethodContext, "embedder">,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += EMBED_BATCH) {
    vectors.push(...(await context.embedder.embed(texts.slice(at, at + EMBED_BATCH))));
  }
  return vectors;
}
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

export function embeddedHistories(context: Pick<MethodContext, "embedder" | "memo">): EmbeddedHistories {
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
