import { prompts } from "../../core/prompt/prompts.ts";
import { matchTemplate, type Template } from "../../core/prompt/template.ts";
import { extractFeatures, FEATURE_COUNT } from "./features.ts";
import type { Strengths } from "./strengths.ts";
import { FULL_PULL, move, normalised } from "./style.ts";
import { traitVector } from "./traits.ts";
import { mentionsIn } from "./writing/recognise.ts";

/** What an instruction adds to the responder's default style; a fresh vector, all zeros for none. */
export type Wish = Float64Array;

/** Told to follow or avoid a trait. @throws UsageError when it is unknown */
export function wishToFollow(trait: string, strengths: Strengths): Wish {
  return scaled(traitVector(trait), strengths.obedience * FULL_PULL);
}

/** As `wishToFollow`, for the opposite of the trait. */
export function wishToAvoid(trait: string, strengths: Strengths): Wish {
  return scaled(traitVector(trait), -strengths.avoidObedience * FULL_PULL);
}

/** A difference of texts shorter than this many spreads is taken for chance and shrinks towards nothing. */
const TELLING = 3;

/** Shown liked and disliked answers: the mean direction from the disliked to the liked. */
export function wishFromExamples(examples: string, strengths: Strengths): Wish {
  const pairs = blocksOf(prompts.ragExemplar.parts.example!, examples);
  const wish = new Float64Array(FEATURE_COUNT);
  for (const { liked, disliked } of pairs) {
    move(wish, between(liked!, disliked!), (strengths.exemplarPull * FULL_PULL) / pairs.length);
  }
  return wish;
}

/** The direction from a disliked to a liked answer. */
function between(liked: string, disliked: string): Float64Array {
  const difference = extractFeatures(liked);
  move(difference, extractFeatures(disliked), -1);
  return normalised(difference, TELLING);
}

/** Given descriptions of preferences: the mean of the traits that it recognises in each. */
export function wishFromPreferences(preferences: string, strengths: Strengths): Wish {
  const lines = preferences.split("\n").filter((line) => line.trim() !== "");
  const wish = new Float64Array(FEATURE_COUNT);
  for (const line of lines) {
    const sum = new Float64Array(FEATURE_COUNT);
    for (const { direction, sign } of mentionsIn(line, "manner")) move(sum, direction, sign);
    move(wish, normalised(sum, 1), (strengths.preferencePull * FULL_PULL) / lines.length);
  }
  return wish;
}

/**
 * Shown many people with what each likes, and the user's own messages: takes over what people like on average, as of
 * examples or of descriptions, and the user's manner, as of any history. Who likes what it does not find out.
 */
export function wishFromPeople(people: string, history: string, strengths: Strengths): Wish {
  const { styles, answers, follow, avoid } = prompts.manyShot.parts;
  const wish = wishFromHistory(history, strengths);
  const shown = blocksOf(answers!, people);
  for (const { liked, disliked } of shown) {
    move(wish, between(liked!, disliked!), (strengths.exemplarPull * FULL_PULL) / shown.length);
  }
  const described = blocksOf(styles!, people);
  for (const { best, worst } of described) {
    for (const [words, sign] of [
      [best!, 1],
      [worst!, -1],
    ] as const) {
      const [liked, refused] = [matchTemplate(follow!, words), matchTemplate(avoid!, words)];
      const trait = (liked ?? refused)?.principle;
      if (trait === undefined) continue;
      const share = (strengths.preferencePull * FULL_PULL) / 2 / described.length;
      move(wish, traitVector(trait), sign * (liked === null ? -share : share));
    }
  }
  return wish;
}

/** Asked to suit a user whose messages it is shown: takes over their manner. */
export function wishFromHistory(history: string, strengths: Strengths): Wish {
  const messages = blocksOf(prompts.inContext.parts.message!, history);
  const wish = new Float64Array(FEATURE_COUNT);
  for (const { message } of messages)
    move(wish, extractFeatures(message!, "message"), strengths.mirror / messages.length);
  return wish;
}

/**
 * Told in words what is known of the user. Stated preferences are obeyed as instructions. Where only attributes are
 * known, it takes over the same share of the manner that it reads about as of one that it is shown.
 */
export function wishFromKnown(known: string, strengths: Strengths): Wish {
  const { follow, avoid, wants, refuses } = prompts.withAttribute.parts;
  const named = (part: Template | undefined, slot: "attribute" | "principle"): Float64Array[] =>
    known.split("\n").flatMap((line) => {
      const name = matchTemplate(part!, line)?.[slot];
      return name === undefined ? [] : [traitVector(name)];
    });
  const [liked, disliked] = [named(wants, "principle"), named(refuses, "principle")];
  const wish = new Float64Array(FEATURE_COUNT);
  for (const trait of liked) move(wish, trait, strengths.obedience * FULL_PULL);
  for (const trait of disliked) move(wish, trait, -strengths.avoidObedience * FULL_PULL);
  if (liked.length + disliked.length > 0) return wish;
  for (const trait of named(follow, "attribute")) move(wish, trait, strengths.mirror * FULL_PULL);
  for (const trait of named(avoid, "attribute")) move(wish, trait, -strengths.mirror * FULL_PULL);
  return wish;
}

/** Any other system prompt: the traits that it names, obeyed like instructions. */
export function wishFromWords(system: string, strengths: Strengths): Wish {
  const wish = new Float64Array(FEATURE_COUNT);
  for (const { direction, sign } of mentionsIn(system, "anything")) {
    const obedience = sign === 1 ? strengths.obedience : strengths.avoidObedience;
    move(wish, direction, sign * obedience * FULL_PULL);
  }
  return wish;
}

function scaled(direction: Float64Array, amount: number): Wish {
  return direction.map((value) => value * amount);
}

/** Takes apart a text that repeats a part of a prompt; each block has a fence of its own, so its text cannot end it. */
export function blocksOf(part: Template, text: string): Record<string, string>[] {
  const { literals, slots } = part;
  const blocks: Record<string, string>[] = [];
  for (let at = 0; at < text.length; ) {
    const values: Record<string, string> = {};
    if (!text.startsWith(literals[0] as string, at)) break;
    at += (literals[0] as string).length;
    for (let i = 0; i < slots.length; ) {
      // The next literal, and on through slots whose values are known by now.
      const name = slots[i] as string;
      let needle = literals[++i] as string;
      while (i < slots.length && values[slots[i] as string] !== undefined) {
        needle += (values[slots[i] as string] as string) + literals[++i];
      }
      const end = text.indexOf(needle, at);
      if (end < 0) return blocks;
      values[name] = text.slice(at, end);
      at = end + needle.length;
    }
    blocks.push(values);
  }
  return blocks;
}
