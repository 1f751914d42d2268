import type { TextKind } from "../features.ts";
import data from "./data/slips.json" with { type: "json" };
import { type Effect, effectOfChange, typical } from "./effects.ts";
import { FUNCTION_WORDS } from "./reading-words.ts";
import { decide, type Pen } from "./sampler.ts";

/**
 * What fast or careless typing does to a finished text: lower case, slips, missing or doubled marks. Each operator
 * acts with the odds exp(base + target . effect), its effect measured on the typical text.
 */
const slips = new Map(Object.entries(data.slips));

const CODE = /(```[\s\S]*?```)/;

/** Natural logarithm of the odds of each operator in a text without style (per place for slips and marks). */
const BASES = { lowercase: -7.5, slip: -7, doubled: -6, dropped: -6 } as const;

interface SurfaceEffects {
  readonly lowercase: Effect;
  readonly slip: Effect;
  readonly doubled: Effect;
  readonly dropped: Effect;
}

const measured = new Map<TextKind, SurfaceEffects>();

function effectsFor(kind: TextKind): SurfaceEffects {
  let effects = measured.get(kind);
  if (effects === undefined) {
    const text = typical(kind);
    const change = (after: string): Effect => effectOfChange(text, after, kind);
    effects = {
      lowercase: change(text.toLowerCase()),
      slip: change(text.replace(" the ", " teh ")),
      doubled: change(`${text.slice(0, -1)}!!`),
      dropped: change(text.replace(/\. (\w)/, (_, next: string) => `, ${next.toLowerCase()}`)),
    };
    measured.set(kind, effects);
  }
  return effects;
}

/** One slip at most for so many words is considered. */
const WORDS_A_SLIP = 9;

/** Applies the operators. Passages in code are left alone. */
export function weather(text: string, kind: TextKind, pen: Pen): string {
  const effects = effectsFor(kind);
  let result = text;
  if (decide(BASES.slip + 2.5, effects.slip, pen)) {
    result = result
      .split(CODE)
      .map((part) => (CODE.test(part) ? part : withSlips(part, effects.slip, pen)))
      .join("");
  }
  if (result.includes("!") && decide(BASES.doubled, effects.doubled, pen))
    result = result.replace(/!(?=\s|$)/, "!!");
  if (decide(BASES.dropped, effects.dropped, pen)) result = result.replace(/[.](?=["')]*$)/, "");
  if (!result.includes("```") && decide(BASES.lowercase, effects.lowercase, pen)) result = lowered(result);
  return result;
}

/** Capitals at the starts of sentences and the pronoun I go; names and acronyms stay. */
function lowered(text: string): string {
  return text
    .replace(
      /(^|[.!?]["')]*\s+|\n(?:[-\d.*]+ )?)([A-Z])(?=[a-z' ])/g,
      (_, before: string, first: string) => before + first.toLowerCase(),
    )
    .replace(/\bI\b(?=['’ ])/g, "i");
}

function withSlips(text: string, effect: Effect, pen: Pen): string {
  const words = text.split(" ");
  for (let i = 0; i < words.length; i += WORDS_A_SLIP) {
    if (!decide(BASES.slip + 4.5, effect, pen)) continue;
    const at = Math.min(words.length - 1, i + pen.rng.int(WORDS_A_SLIP));
    words[at] = slipped(words[at] as string, pen);
  }
  return words.join(" ");
}

/** A word as it comes out of hurried fingers: a known slip, or two letters swapped in a word less worn than "should". */
function slipped(word: string, pen: Pen): string {
  const known = slips.get(word);
  if (known !== undefined) return pen.rng.pick(known);
  if (word.endsWith(",")) return `${word},`;
  if (!/^[a-z]{6,}$/.test(word) || FUNCTION_WORDS.has(word)) return word;
  const at = 1 + pen.rng.int(word.length - 3);
  return `${word.slice(0, at)}${word.charAt(at + 1)}${word.charAt(at)}${word.slice(at + 2)}`;
}
