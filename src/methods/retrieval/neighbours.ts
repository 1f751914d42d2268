import { z } from "zod";
import type { TrainUser, UserText } from "../../core/artifacts.ts";
import { cosineIndex } from "../../numerics/cosine.ts";
import type { MethodCalls, RunSizes } from "../calls.ts";
import type { MethodContext } from "../method.ts";

/** A history as one text to embed: prompts apart by a blank line. An empty history is an empty text. */
export function historyText(user: UserText): string {
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

/** Options of methods that look for the nearest train users. */
export const neighbourOptions = z.strictObject({
  k: z.int().min(1).default(3).describe("how many nearest train users are shown"),
});

/** How often a neighbour wants what the nearest one wants: about as often in the built-in world. */
const LIKE_MINDED = 0.5;

/**
 * Different requests among those that show the `k` nearest train users' liked and disliked answers, one a test user and
 * world: two worlds in which all of them want the same make the same request.
 */
export function shownNeighbours({ test, worlds, train, trainViews }: RunSizes, k: number): number {
  const again = train === 0 ? 0 : 1 - trainViews / (train * worlds);
  return test * worlds * (1 - again * LIKE_MINDED ** (k - 1));
}

/**
 * The embedder's part of a method with a `neighbourIndex`: train users' texts once, each test user's text once.
 * @param texts what is embedded: methods that embed the same texts pay for them once
 */
export function embeddedOnce(
  texts: string,
  { index, queries }: { readonly index: number; readonly queries: number },
  memo: string,
): MethodCalls[] {
  const requests = embedRequests(index);
  return [
    { role: "embedder", asks: requests, calls: requests, sameAs: `${texts} of train users`, memo },
    { role: "embedder", asks: queries, calls: queries, sameAs: `${texts} of test users`, memo },
  ];
}

/** Nearest train users of a text, found once and used in every world. */
export interface NeighbourIndex {
  /**
   * Rows of the `k` nearest vectors that are usable in this world, nearest first. A text is embedded once for each user
   * who has it.
   */
  nearest(user: string, text: string, k: number, usable: (row: number) => boolean): Promise<number[]>;
}

/** So many neighbours of a text are kept: more than any world is likely to skip. */
const SHORTLIST = 64;

/** @param vectors by row; `null` is never a neighbour */
export function neighbourIndex(
  context: Pick<MethodContext, "embedder">,
  vectors: readonly (Float32Array | null)[],
): NeighbourIndex {
  const rows = vectors.flatMap((vector, row) => (vector === null ? [] : [row]));
  const index = cosineIndex(rows.map((row) => vectors[row] as Float32Array));
  const shortlists = new Map<string, Promise<{ query: Float32Array; near: number[] }>>();
  const search = (query: Float32Array, count: number): number[] =>
    index.nearest(query, count).map((n) => rows[n.index] as number);
  const shortlist = async (text: string) => {
    const [query] = await embedAll(context, [text]);
    return { query: query as Float32Array, near: search(query as Float32Array, SHORTLIST) };
  };
  return {
    async nearest(user, text, k, usable) {
      const key = `${user} ${text}`;
      const known = shortlists.get(key) ?? shortlist(text);
      shortlists.set(key, known);
      const { query, near } = await known;
      const found = near.filter(usable).slice(0, k);
      if (found.length === k || near.length === rows.length) return found;
      return search(query, rows.length).filter(usable).slice(0, k);
    },
  };
}

/** The best and the worst candidate by reward (ties: the first); `null` when the rewards show no preference. */
export function bestAndWorst(user: TrainUser): { liked: string; disliked: string } | null {
  const rated = user.candidates.flatMap((c) =>
    c.reward === null ? [] : [{ text: c.text, reward: c.reward }],
  );
  const best = rated.reduce((a, b) => (b.reward > a.reward ? b : a), rated[0] ?? NOTHING);
  const worst = rated.reduce((a, b) => (b.reward < a.reward ? b : a), rated[0] ?? NOTHING);
  return best.reward === worst.reward ? null : { liked: best.text, disliked: worst.text };
}
const NOTHING = { text: "", reward: 0 };
