import type { TextKind } from "../features.ts";
import { type Effect, effectOfChange, NO_EFFECT, typical } from "./effects.ts";
import { splitOwn } from "./lexicon.ts";
import type { Atom, Site } from "./site.ts";

/** What a wording leaves open; filled from the reading of a prompt, or at random from lists. */
export const SLOTS = [
  "topic",
  "focus",
  "task",
  "first",
  "second",
  "person",
  "place",
  "count",
  "body",
  "order",
  "question",
  "rest",
] as const;
export type SlotName = (typeof SLOTS)[number];
/** Values in the order of `SLOTS`; an empty one makes the wordings that need it unavailable. */
export type SlotValues = readonly string[];

export interface Wording {
  /** Number among the wordings of its kind: its name in a person's habits. */
  readonly id: number;
  readonly parts: readonly (Atom | Site)[];
  /** Of the wording with the first option at every site. */
  readonly effect: Effect;
  /** Bit i: slot i must be filled. */
  readonly needs: number;
  /** A plain statement, which may stand after a lead-in such as "in general,". */
  readonly takesLead: boolean;
}

/** How slots are filled while effects are measured. */
const SAMPLE: Record<SlotName, string> = {
  topic: "garden soil",
  focus: "rain water",
  task: "water the plants",
  first: "the red chair",
  second: "the green chair",
  person: "Maria",
  place: "Lisbon",
  count: "three",
  body: "grow roses along the wall",
  order: "describe the roses along the wall",
  question: "what grows along the wall",
  rest: "The roses grow along the wall.",
};

/** exp(-3.2): without style, one sentence in 25 ends with an exclamation mark instead of a full stop. */
const EXCLAMATION_BASE = -3.2;

/** Code has brackets and braces of its own. */
const CODE = /^```/;
const MARKUP = /(<[a-z]+>|\{[^{}]*\}|\[[^[\]]*\])/;

/** By kind: which library is asked for first differs between a fresh run and a continued one. */
const loaded: Record<TextKind, number> = { answer: 0, message: 0 };

/**
 * Reads a wording. `<topic>` is a slot; `{a|b}` is one of several ways (the first is the plain one); `[a]` may be left
 * out; a leading `~` marks a sentence that takes a lead-in; a block of code stands as it is written. Words of the
 * lexicon become sites by themselves, and a final full stop one that may turn into an exclamation mark.
 */
export function compileWording(source: string, kind: TextKind): Wording {
  const takesLead = source.startsWith("~");
  const pieces = CODE.test(source) ? [source] : (takesLead ? source.slice(1) : source).split(MARKUP);
  const plain = pieces.map((piece) => sampled(waysOf(piece)?.[0] ?? piece));
  const inText = (written: string): string => `${typical(kind)} ${capitalise(written)}`;
  const before = inText(plain.join(""));
  const parts: (Atom | Site)[] = pieces.flatMap((piece, at): (Atom | Site)[] => {
    const ways = waysOf(piece);
    if (ways === undefined) {
      if (CODE.test(piece)) return [piece];
      if (piece.startsWith("<")) return atomsOf(piece);
      return at === pieces.length - 1 ? splitEnd(piece, kind) : splitOwn(piece, kind);
    }
    const options = ways.map((way) => {
      const after = plain.with(at, sampled(way)).join("");
      const effect = effectOfChange(before, inText(after), kind);
      return { atoms: atomsOf(way), base: 0, effect };
    });
    return [{ options }];
  });
  const effect = effectOfChange(typical(kind), before, kind);
  return { id: loaded[kind]++, parts, effect, needs: needsOf(pieces), takesLead };
}

function waysOf(piece: string): string[] | undefined {
  if (piece.startsWith("{")) return piece.slice(1, -1).split("|");
  if (piece.startsWith("[")) return ["", piece.slice(1, -1)];
  return undefined;
}

function splitEnd(piece: string, kind: TextKind): (Atom | Site)[] {
  if (!piece.endsWith(".")) return splitOwn(piece, kind);
  return [...splitOwn(piece.slice(0, -1), kind), endMark(kind)];
}

const endMarks = new Map<TextKind, Site>();

function endMark(kind: TextKind): Site {
  let site = endMarks.get(kind);
  if (site === undefined) {
    const text = typical(kind);
    const effect = effectOfChange(text, `${text.slice(0, -1)}!`, kind);
    site = {
      options: [
        { atoms: ["."], base: 0, effect: NO_EFFECT },
        { atoms: ["!"], base: EXCLAMATION_BASE, effect },
      ],
    };
    endMarks.set(kind, site);
  }
  return site;
}

function atomsOf(text: string): Atom[] {
  return text
    .split(/(<[a-z]+>)/)
    .filter((atom) => atom !== "")
    .map((atom) => (atom.startsWith("<") ? slotIndex(atom) : atom));
}

function slotIndex(mark: string): number {
  const index = (SLOTS as readonly string[]).indexOf(mark.slice(1, -1));
  if (index < 0) throw new RangeError(`a wording has the unknown slot ${mark}`);
  return index;
}

function sampled(text: string): string {
  return text.replace(/<[a-z]+>/g, (mark) => SAMPLE[SLOTS[slotIndex(mark)] as SlotName]);
}

function needsOf(pieces: readonly string[]): number {
  let needs = 0;
  for (const atom of pieces.flatMap((piece) => waysOf(piece)?.flatMap(atomsOf) ?? atomsOf(piece)))
    if (typeof atom === "number") needs |= 1 << atom;
  return needs;
}

/** A text with its first letter, if it is one, as a capital. */
export function capitalise(text: string): string {
  const code = text.charCodeAt(0);
  return code >= 97 && code <= 122 ? String.fromCharCode(code - 32) + text.slice(1) : text;
}
