import { type Direction, directionOf, type Sign } from "./rating-scale.ts";

/** Names of the user attributes and response principles of a benchmark; both of length K. */
export interface Pool {
  readonly attributes: readonly string[];
  readonly principles: readonly string[];
}

export type Split = "train" | "validation" | "test";

/** A base prompt: the first user turn of a conversation, before any rewriting. */
export interface BaseConversation {
  readonly id: string;
  readonly prompt: string;
}

/** A user's hidden side. Never reaches a method, the responder or the judge. */
export interface UserProfile {
  readonly id: string;
  readonly split: Split;
  /** a in {-1, 0, 1}^K, over the pool's attributes. */
  readonly attributes: readonly (Sign | 0)[];
}

/** What is visible of a user: history H (first prompts of the first h conversations) and the test prompt x. */
export interface UserText {
  readonly id: string;
  readonly history: readonly string[];
  readonly prompt: string;
}

/** One of 2K style labels: follow or avoid one principle. */
export interface StyleLabel {
  readonly principle: string;
  readonly direction: Direction;
  /** How `avoid` is put into words; absent: a clear example of the opposite is asked for. */
  readonly wording?: "avoid";
}

/** What an instruction to avoid a principle asks for: its opposite, or to do without it. */
export type AvoidWording = "opposite" | "avoid";

/** An answer to x written under the instruction to follow or avoid one principle. */
export interface Candidate extends Pick<StyleLabel, "principle" | "direction"> {
  readonly text: string;
}

/** A candidate with the user's reward in a world; `null` when a needed score is missing. */
export interface RewardedCandidate extends Candidate {
  readonly reward: number | null;
}

/** What a method may learn from. */
export interface TrainUser extends UserText {
  readonly candidates: readonly RewardedCandidate[];
}

/**
 * What a method may answer from: history and prompt, nothing else. Whoever carries candidates
 * and their rewards is no test user, and does not compile as one.
 */
export interface TestUser extends UserText {
  readonly candidates?: never;
}

/** What the oracle alone may see of a test user. */
export type OracleUser = TrainUser;

/** A user's weighted principles in a world; weights sum to 1. */
export interface Target {
  /** Index into the pool's principles. */
  readonly principle: number;
  readonly sign: Sign;
  readonly weight: number;
}

/** The attributes that a user shows, in words. */
export function shownAttributes(
  { attributes }: Pick<Pool, "attributes">,
  sides: UserProfile["attributes"],
): { attribute: string; side: Direction }[] {
  return sides.flatMap((side, i) =>
    side === 0 ? [] : [{ attribute: attributes[i] as string, side: directionOf(side) }],
  );
}

/** All 2K labels of a list of principles: follow_0, avoid_0, follow_1, ... (the order of every label vector). */
export function styleLabels(
  principles: readonly string[],
  avoid: AvoidWording | undefined = "opposite",
): StyleLabel[] {
  const wording = avoid === "avoid" ? { wording: avoid } : {};
  return principles.flatMap((principle) => [
    { principle, direction: "follow" as const },
    { principle, direction: "avoid" as const, ...wording },
  ]);
}

/** The place of a target's style among the labels. */
export const styleIndex = ({ principle, sign }: Pick<Target, "principle" | "sign">): number =>
  2 * principle + (sign === 1 ? 0 : 1);
