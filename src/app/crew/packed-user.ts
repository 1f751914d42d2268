import type { Candidate, StyleLabel } from "../../core/artifacts.ts";
import type { Direction } from "../../core/rating-scale.ts";
import type { MadeUser, UserOrder } from "../../pipeline/make-user.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { type PackedText, unpack } from "../../store/codec.ts";

/** A text as it is, or where its packed form stands among bytes. */
type TextPlace = string | readonly [start: number, end: number];

/** A user as plain data, without what the order says; of candidates the texts alone, in the order of the labels. */
export type PackedUser =
  | Extract<MadeUser, { readonly failure: string }>
  | (Pick<PreparedUser, "text" | "ratings"> & { readonly candidates: readonly (TextPlace | null)[] });

/** Users that can be sent to another thread at little cost. */
export interface PackedUsers {
  readonly users: readonly PackedUser[];
  /** What the candidates' places are places in. */
  readonly texts: Uint8Array<ArrayBuffer>;
}

/**
 * Packs users.
 * @param packedTexts by text: as it was packed for the store, where it was
 */
export function packUsers(
  made: readonly MadeUser[],
  packedTexts: ReadonlyMap<string, PackedText>,
): PackedUsers {
  const parts: Uint8Array[] = [];
  let size = 0;
  const place = (text: string): TextPlace => {
    const packed = packedTexts.get(text) ?? text;
    if (typeof packed === "string") return packed;
    parts.push(packed);
    size += packed.length;
    return [size - packed.length, size];
  };
  const users = made.map((user): PackedUser => {
    if ("failure" in user) return user;
    const { text, ratings, candidates } = user;
    return { text, ratings, candidates: candidates.map((candidate) => candidate && place(candidate.text)) };
  });
  const texts = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    texts.set(part, at);
    at += part.length;
  }
  return { users, texts };
}

/**
 * The users that were made of the orders. Candidates' texts are unpacked when they are read: few ever are.
 * @param keep puts bytes where they can stay
 */
export function unpackUsers(
  { users, texts: passing }: PackedUsers,
  orders: readonly UserOrder[],
  labels: readonly StyleLabel[],
  keep: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>,
): MadeUser[] {
  const texts = keep(passing);
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
        own === null ? null : new PackedCandidate(labels[row] as StyleLabel, own, texts),
      ),
    };
  });
}

class PackedCandidate implements Candidate {
  readonly principle: string;
  readonly direction: Direction;
  readonly #place: TextPlace;
  readonly #texts: Uint8Array;

  constructor({ principle, direction }: StyleLabel, place: TextPlace, texts: Uint8Array) {
    this.principle = principle;
    this.direction = direction;
    this.#place = place;
    this.#texts = texts;
  }

  get text(): string {
    return typeof this.#place === "string" ? this.#place : unpack(this.#texts.subarray(...this.#place));
  }
}
