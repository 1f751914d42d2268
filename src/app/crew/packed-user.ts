import type { Candidate, StyleLabel } from "../../core/artifacts.ts";
import type { Direction } from "../../core/rating-scale.ts";
import type { MadeUser, UserOrder } from "../../pipeline/make-user.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { KEY_BYTES } from "../../store/row-sum.ts";

/** A text as it is, or where among keys that of its call begins. */
type TextPlace = string | number;

/** A user as plain data, without what the order says; of candidates the texts alone, in the order of the labels. */
export type PackedUser =
  | Extract<MadeUser, { readonly failure: string }>
  | (Pick<PreparedUser, "text" | "ratings"> & { readonly candidates: readonly (TextPlace | null)[] });

/** Users that can be sent to another thread at little cost. */
export interface PackedUsers {
  readonly users: readonly PackedUser[];
  /** Of calls, one after the other: what the candidates' places are places in. */
  readonly keys: Uint8Array<ArrayBuffer>;
}

/**
 * Packs users.
 * @param keyOf by text: that of the call which has it for an answer
 */
export function packUsers(made: readonly MadeUser[], keyOf: ReadonlyMap<string, Uint8Array>): PackedUsers {
  const keys: Uint8Array[] = [];
  const place = (text: string): TextPlace => {
    const key = keyOf.get(text);
    return key === undefined ? text : KEY_BYTES * (keys.push(key) - 1);
  };
  const users = made.map((user): PackedUser => {
    if ("failure" in user) return user;
    const { text, ratings, candidates } = user;
    return { text, ratings, candidates: candidates.map((candidate) => candidate && place(candidate.text)) };
  });
  const all = new Uint8Array(KEY_BYTES * keys.length);
  for (const [i, key] of keys.entries()) all.set(key, KEY_BYTES * i);
  return { users, keys: all };
}

/**
 * The users that were made of the orders. Candidates' texts stay in the store until they are read: few ever are.
 * @param keep puts bytes where they can stay
 * @param textOf the answer that is stored by a key
 */
export function unpackUsers(
  { users, keys: passing }: PackedUsers,
  orders: readonly UserOrder[],
  labels: readonly StyleLabel[],
  keep: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>,
  textOf: (key: Uint8Array) => string,
): MadeUser[] {
  const keys = keep(passing);
  const read = (at: number): string => textOf(keys.subarray(at, at + KEY_BYTES));
  return users.map((user, i) => {
    if ("failure" in user) return user;
    const { profile, columns } = orders[i] as UserOrder;
    const { text, ratings, candidates } = user;
    const { buffer, byteOffset, byteLength } = ratings.scores;
    const scores = keep(new Uint8Array(buffer, byteOffset, byteLength));
    return {
      profile,
      text,
      ratings: {
        ...ratings,
        scores: new Float64Array(scores.buffer, scores.byteOffset, ratings.scores.length),
      },
      columns: columns ?? [],
      candidates: candidates.map((own, row) =>
        own === null ? null : new StoredCandidate(labels[row] as StyleLabel, own, read),
      ),
    };
  });
}

class StoredCandidate implements Candidate {
  readonly principle: string;
  readonly direction: Direction;
  readonly #place: TextPlace;
  readonly #read: (at: number) => string;

  constructor({ principle, direction }: StyleLabel, place: TextPlace, read: (at: number) => string) {
    this.principle = principle;
    this.direction = direction;
    this.#place = place;
    this.#read = read;
  }

  get text(): string {
    return typeof this.#place === "string" ? this.#place : this.#read(this.#place);
  }
}
