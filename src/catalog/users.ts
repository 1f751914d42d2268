import type { Pool, Split, UserProfile } from "../core/artifacts.ts";
import { UsageError } from "../core/errors.ts";
import { fold, type Key, rngOf } from "../core/random.ts";
import type { Sign } from "../core/rating-scale.ts";

export interface UserRequest {
  readonly pool: Pool;
  /** m: how many attributes a user shows. */
  readonly activeAttributes: 1 | 2;
  /** How attributes and sides are drawn; unless given, balanced. */
  readonly drawn?: "balanced" | "random" | undefined;
  readonly split: Split;
  /** 0, 1, 2, ...: users form an endless sequence; replacements come from its tail. */
  readonly index: number;
  readonly key: Key;
}

/** An attribute that a user shows, and on which side. */
interface Trait {
  readonly attribute: number;
  readonly side: Sign;
}

/**
 * The user at a place of the endless sequence of a split: a pure function, so that more users never change earlier
 * ones. Attributes and sides are balanced within blocks of consecutive users (a smaller remainder at most is uneven):
 * - m = 1: a block of 2K users has every (attribute, side) once, in an order shuffled by key, split and block;
 * - m = 2: a block of K users takes the attributes in a shuffled circle; each user shows two neighbours of it. So every
 *   attribute is active twice in the block, once on either side, and the two of a user are distinct. The circle, the
 *   sides and the order of the users are random, so over blocks every pair and combination of sides is equally likely.
 *   (With K = 2 both users of a block show both attributes, with opposite sides.)
 * Drawn at `random` each user's attributes are m of the K, evenly, with sides of their own, whatever others show: as the
 * paper's pipeline does.
 *
 * @returns id such as `train-00012`; attributes in {-1, 0, 1}^K with m entries other than 0
 * @throws UsageError when m exceeds K; RangeError for an index that is no natural number
 */
export function userProfile({ pool, activeAttributes, drawn, split, index, key }: UserRequest): UserProfile {
  const k = pool.attributes.length;
  if (activeAttributes > k) {
    throw new UsageError(`${activeAttributes} active attributes in a pool of ${k}`, {
      where: "activeAttributes",
      remedy: `set activeAttributes to at most ${k}, or use a larger pool`,
    });
  }
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`no user has the index ${index}`);
  const traits =
    drawn === "random"
      ? atRandom(k, activeAttributes, fold(fold(fold(key, "random"), split), index))
      : balanced(k, activeAttributes, index, fold(key, split));
  return {
    id: `${split}-${String(index).padStart(5, "0")}`,
    split,
    attributes: pool.attributes.map((_, i) => traits.find((t) => t.attribute === i)?.side ?? 0),
  };
}

function balanced(k: number, m: 1 | 2, index: number, key: Key): readonly Trait[] {
  const designs = { 1: singles, 2: circle } as const;
  const blockSize = m === 1 ? 2 * k : k;
  return designs[m](k, fold(key, Math.floor(index / blockSize)))[index % blockSize] as readonly Trait[];
}

function atRandom(k: number, m: number, key: Key): Trait[] {
  const rng = rngOf(key);
  const attributes = rng.shuffle(Array.from({ length: k }, (_, i) => i)).slice(0, m);
  return attributes.map((attribute) => ({ attribute, side: rng.sign() }));
}

function singles(k: number, key: Key): Trait[][] {
  const all = Array.from({ length: 2 * k }, (_, i): Trait[] => [
    { attribute: i >> 1, side: i % 2 === 0 ? 1 : -1 },
  ]);
  return rngOf(key).shuffle(all);
}

function circle(k: number, key: Key): Trait[][] {
  const rng = rngOf(key);
  const order = rng.shuffle(Array.from({ length: k }, (_, i) => i));
  const sides = order.map(() => rng.sign());
  const users = order.map((attribute, i): Trait[] => {
    const next = (i + 1) % k;
    return [
      { attribute, side: sides[i]! },
      { attribute: order[next]!, side: sides[next] === 1 ? -1 : 1 },
    ];
  });
  return rng.shuffle(users);
}
