import { z } from "zod";
import type { RewardedCandidate, TrainUser } from "../../core/artifacts.ts";
import { cosineIndex } from "../../numerics/cosine.ts";
import type { RunSizes } from "../calls.ts";

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

/** Nearest train users of a text, found once and used in every world. */
export interface NeighbourIndex {
  /**
   * Rows of the `k` nearest vectors that are usable in this world, nearest first. The vector of a text is asked for once
   * for each user who has it.
   */
  nearest(user: string, text: string, k: number, usable: (row: number) => boolean): Promise<number[]>;
}

/** So many neighbours of a text are kept: more than any world is likely to skip. */
const SHORTLIST = 64;

/**
 * @param vectorOf a user's text as a vector
 * @param vectors by row; `null` is never a neighbour
 */
export function neighbourIndex(
  vectorOf: (user: string, text: string) => Promise<Float32Array>,
  vectors: readonly (Float32Array | null)[],
): NeighbourIndex {
  const rows = vectors.flatMap((vector, row) => (vector === null ? [] : [row]));
  const index = cosineIndex(rows.map((row) => vectors[row] as Float32Array));
  const shortlists = new Map<string, Promise<{ query: Float32Array; near: number[] }>>();
  const search = (query: Float32Array, count: number): number[] =>
    index.nearest(query, count).map((n) => rows[n.index] as number);
  const shortlist = async (user: string, text: string) => {
    const query = await vectorOf(user, text);
    return { query, near: search(query, SHORTLIST) };
  };
  return {
    async nearest(user, text, k, usable) {
      const key = `${user} ${text}`;
      const known = shortlists.get(key) ?? shortlist(user, text);
      shortlists.set(key, known);
      const { query, near } = await known;
      const found = near.filter(usable).slice(0, k);
      if (found.length === k || near.length === rows.length) return found;
      return search(query, rows.length).filter(usable).slice(0, k);
    },
  };
}

/**
 * The best and the worst candidate by reward (ties: the first); `null` when the rewards show no preference. The texts are
 * looked up when they are read: most users are neighbours of nobody.
 */
export function bestAndWorst(user: TrainUser): { readonly liked: string; readonly disliked: string } | null {
  const rated = user.candidates.filter((c) => c.reward !== null) as readonly Rated[];
  const [first] = rated;
  if (first === undefined) return null;
  const best = rated.reduce((a, b) => (b.reward > a.reward ? b : a), first);
  const worst = rated.reduce((a, b) => (b.reward < a.reward ? b : a), first);
  if (best.reward === worst.reward) return null;
  return {
    get liked() {
      return best.text;
    },
    get disliked() {
      return worst.text;
    },
  };
}
type Rated = RewardedCandidate & { readonly reward: number };
