import { prompts } from "../../core/prompt/prompts.ts";
import type { Prompt } from "../../core/prompt/template.ts";
import { type Key, type Rng, rngOf } from "../../core/random.ts";
import { extractFeatures, FEATURE_COUNT, FEATURE_IDS } from "./features.ts";
import { blocksOf } from "./respond-style.ts";
import type { Strengths } from "./strengths.ts";
import { move, normalised } from "./style.ts";
import { traitVector } from "./traits.ts";
import phrases from "./writing/data/phrases.json" with { type: "json" };

/** A feature this many spreads from ordinary is worth a word. */
const MARKED = 0.7;
/** Features named at most. */
const NAMED = 3;
/** A tone is named when a trait lies this near to the direction of the whole (cosine). */
const NEAR = 0.5;

const tones = phrases.traits.map((name) => ({ name, vector: traitVector(name) }));

/** Describes in words how the writer of the fenced messages writes. */
export function summariseManner(history: string, strengths: Strengths, key: Key): string {
  return inWords(mannerOf(prompts.summariseManner, history), "manner", strengths, rngOf(key));
}

/** Guesses in words what the writer of the fenced messages likes: that people like what they do is its only belief. */
export function guessTaste(history: string, strengths: Strengths, key: Key): string {
  return inWords(mannerOf(prompts.guessTaste, history), "preference", strengths, rngOf(key));
}

/** The mean style of fenced messages. */
function mannerOf(prompt: Prompt, history: string): Float64Array {
  const messages = blocksOf(prompt.parts.message!, history);
  const mean = new Float64Array(FEATURE_COUNT);
  for (const { message } of messages) move(mean, extractFeatures(message!, "message"), 1 / messages.length);
  return mean;
}

/** Describes in words what sets a liked answer apart from a disliked one. */
export function summarisePreference(liked: string, disliked: string, strengths: Strengths, key: Key): string {
  const difference = extractFeatures(liked);
  move(difference, extractFeatures(disliked), -1);
  return inWords(difference, "preference", strengths, rngOf(key));
}

type Voice = "manner" | "preference";

function inWords(style: Float64Array, voice: Voice, { summaryMiss }: Strengths, rng: Rng): string {
  const frames = phrases[voice];
  const sentences: string[] = [];
  const tone = nearestTone(style);
  if (tone !== undefined && rng.uniform() > summaryMiss) {
    const against = tone.cosine < 0;
    if (voice === "preference") {
      sentences.push(
        rng.pick(against ? phrases.preference.antitrait : phrases.preference.trait).replace("{t}", tone.name),
      );
    } else if (!against) sentences.push(rng.pick(frames.trait).replace("{t}", tone.name));
  }
  for (const at of marked(style)) {
    let [feature, sign] = [at, Math.sign(style[at] as number)];
    if (rng.uniform() < summaryMiss) {
      if (rng.uniform() < 0.5) continue;
      feature = rng.int(FEATURE_COUNT);
      sign = rng.sign();
    }
    sentences.push(sentenceOn(feature, sign, voice, sentences.length === 0, rng));
  }
  if (sentences.length === 0) sentences.push(rng.pick(frames.nothing));
  return sentences.map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1)).join(" ");
}

function sentenceOn(feature: number, sign: number, voice: Voice, first: boolean, rng: Rng): string {
  const words = phrases.features[FEATURE_IDS[feature] as keyof typeof phrases.features];
  if (voice === "preference" && sign < 0 && rng.uniform() < 0.6)
    return rng.pick(phrases.preference.against).replace("{a}", rng.pick(words.more));
  const frame = rng.pick(first ? phrases[voice].one : phrases[voice].more);
  return frame.replace("{a}", rng.pick(sign < 0 ? words.less : words.more));
}

/** The most marked features, most marked first. */
function marked(style: Float64Array): number[] {
  return [...style.keys()]
    .filter((i) => Math.abs(style[i] as number) >= MARKED)
    .sort((a, b) => Math.abs(style[b] as number) - Math.abs(style[a] as number))
    .slice(0, NAMED);
}

function nearestTone(style: Float64Array): { name: string; cosine: number } | undefined {
  const direction = normalised(style, 1);
  let best: { name: string; cosine: number } | undefined;
  for (const { name, vector } of tones) {
    let cosine = 0;
    for (let i = 0; i < direction.length; i++) cosine += (direction[i] as number) * (vector[i] as number);
    if (Math.abs(cosine) >= NEAR && Math.abs(cosine) > Math.abs(best?.cosine ?? 0)) best = { name, cosine };
  }
  return best;
}
