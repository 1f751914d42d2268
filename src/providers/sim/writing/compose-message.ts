import type { Rng } from "../../../core/random.ts";
import messages from "./data/messages.json" with { type: "json" };
import { splitForeign } from "./lexicon.ts";
import type { Reading } from "./reading.ts";
import { chooseOption, chooseWording, type Pen, spell } from "./sampler.ts";
import { weather } from "./surface.ts";
import { capitalise, compileWording, SLOTS, type SlotName, type Wording } from "./wording.ts";

export type MessageUnit = keyof typeof messages.units;
type AskForm = keyof typeof messages.asks;

interface Unit {
  readonly name: MessageUnit;
  /** Its place among the units of its side. */
  readonly place: number;
  readonly base: number;
  readonly most: number;
  readonly wordings: readonly Wording[];
}

interface MessageLibrary {
  readonly asks: Readonly<Record<AskForm, readonly Wording[]>>;
  readonly before: readonly Unit[];
  readonly after: readonly Unit[];
}

let built: MessageLibrary | undefined;

function messageLibrary(): MessageLibrary {
  built ??= {
    asks: Object.fromEntries(
      Object.entries(messages.asks).map(([form, sources]) => [form, compiled(sources)]),
    ) as Record<AskForm, Wording[]>,
    before: unitsAt("before"),
    after: unitsAt("after"),
  };
  return built;
}

function unitsAt(side: string): Unit[] {
  return Object.entries(messages.units)
    .filter(([, unit]) => unit.place === side)
    .map(([name, { base, most, wordings }], place) => ({
      name: name as MessageUnit,
      place,
      base,
      most,
      wordings: compiled(wordings),
    }));
}

function compiled(sources: readonly string[]): Wording[] {
  return sources.map((source) => compileWording(source, "message"));
}

/** How a person writes: a style, what they like to add whatever the style (log-odds), and their own inventory. */
export interface Manner {
  readonly target: Float64Array;
  readonly units: Partial<Readonly<Record<MessageUnit, number>>>;
  /** As in `Pen`. */
  readonly person: number;
  readonly spread: number;
}

/** A request's own sentence is put anew only when its core is nearly all of it; else something would be lost. */
const WHOLE_ENOUGH = 0.6;

/** Sentences of a person's own before and after the request, at most. */
const MOST_BEFORE = 3;
const MOST_AFTER = 6;

/** Restates a prompt in a person's manner: its content stays, what stands around and how it is asked changes. */
export function composeMessage(prompt: string, reading: Reading, manner: Manner, rng: Rng): string {
  const library = messageLibrary();
  const { request } = reading;
  const original = prompt.slice(request.start, request.end);
  const whole = request.core.length >= WHOLE_ENOUGH * original.length;
  const form: AskForm = whole ? FORMS[request.form] : "statement";
  const slots = slotsOf(reading, form, original);
  const pen: Pen = { target: manner.target, slots, rng, person: manner.person, spread: manner.spread };
  const used = new Set<Wording>();
  const around = (units: readonly Unit[], most: number): string[] => {
    const said = rng.shuffle(units).map((unit) => ({ unit, sentences: [] as string[] }));
    let left = most;
    for (const { unit, sentences } of said) {
      sentences.push(...sentencesOf(unit, left, manner, pen, used));
      left -= sentences.length;
    }
    // Greeting and context have their order; thanks come last; the rest stands as it came to mind.
    if (units === library.before) said.sort((a, b) => a.unit.place - b.unit.place);
    else said.sort((a, b) => Number(a.unit === units.at(-1)) - Number(b.unit === units.at(-1)));
    return said.flatMap(({ sentences }) => sentences);
  };
  const opening = around(library.before, MOST_BEFORE);
  const ask = spell(chooseWording(library.asks[form], Number.POSITIVE_INFINITY, pen, used) as Wording, pen);
  const closing = around(library.after, MOST_AFTER);
  const text = [
    ...opening,
    inForms(prompt.slice(0, request.start), pen),
    capitalise(inForms(ask, pen)),
    inForms(prompt.slice(request.end), pen),
    ...closing,
  ]
    .map((piece) => piece.replace(/^ +| +$/g, ""))
    .filter((piece) => piece !== "")
    .reduce(
      (all, piece) => all + (all === "" || all.endsWith("\n") || piece.startsWith("\n") ? "" : " ") + piece,
      "",
    )
    .trimEnd();
  return weather(text, "message", pen);
}

const FORMS = { howto: "howto", imperative: "order", question: "question", statement: "statement" } as const;

function sentencesOf(unit: Unit, most: number, manner: Manner, pen: Pen, used: Set<Wording>): string[] {
  const result: string[] = [];
  const base = unit.base + (manner.units[unit.name] ?? 0);
  while (result.length < Math.min(unit.most, most)) {
    const wording = chooseWording(unit.wordings, base, pen, used);
    if (wording === undefined) break;
    used.add(wording);
    result.push(capitalise(spell(wording, pen)));
  }
  return result;
}

/** The base prompt's own words, with short or long forms as the style has them. */
function inForms(text: string, pen: Pen): string {
  let result = "";
  for (const part of splitForeign(text, "message"))
    result += typeof part === "string" ? part : (chooseOption(part, pen).atoms[0] as string);
  return result;
}

/** Named without the sentence that it stands in, these would be something else ("a cat", "that decision", "every run"). */
const OF_ONE_PLACE = /^(?:an?|any|one|each|every|another|that|this|the same|his|her|its|their) /;

function slotsOf(reading: Reading, form: AskForm, original: string): string[] {
  const { body, core } = reading.request;
  const values: Partial<Record<SlotName, string>> = {
    topic: OF_ONE_PLACE.test(reading.subject) ? "this" : reading.subject,
    body: form === "howto" ? body : "",
    order: form === "order" ? core : "",
    question: form === "question" ? core : "",
    rest: form === "statement" ? original : "",
  };
  return SLOTS.map((name) => values[name] ?? "");
}
