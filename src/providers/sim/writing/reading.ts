import { comparedThings } from "./reading-comparison.ts";
import { addressed, nounPhrases } from "./reading-phrases.ts";
import { findRequest, type Request } from "./reading-request.ts";
import {
  CODE_WORDS,
  FEELING_WORDS,
  LOOSE_CODE_WORDS,
  PIECE_WORDS,
  type PieceKind,
  unslipped,
} from "./reading-words.ts";
import { SLOTS, type SlotName, type SlotValues } from "./wording.ts";

export type TaskKind =
  | "question"
  | "explanation"
  | "howto"
  | "planning"
  | "comparison"
  | "opinion"
  | "code"
  | "numbers"
  | "feelings"
  | "writing";

/** What a reader makes of a prompt. */
export interface Reading {
  readonly kind: TaskKind;
  /** Which text is wanted, of kind "writing". */
  readonly piece: PieceKind;
  readonly request: Request;
  /** Subject, second subject, task and compared things, as an answer would name them. */
  readonly slots: SlotValues;
  /** The topic as the prompt names it ("my cat"); empty when it names none. */
  readonly subject: string;
  /** Further subjects besides the topic, as an answer would name them, in the order of the prompt. */
  readonly others: readonly string[];
}

/** More of a prompt than this is not looked at: a pasted passage says little about what is asked. */
const LOOKED_AT = 700;
const MEMO_SIZE = 512;
const memo = new Map<string, Reading>();

/** Reads a prompt; the last few hundred readings are kept, since one prompt is answered in many styles. */
export function readPrompt(prompt: string): Reading {
  let reading = memo.get(prompt);
  if (reading === undefined) {
    reading = read(prompt);
    if (memo.size >= MEMO_SIZE) memo.clear();
    memo.set(prompt, reading);
  }
  return reading;
}

function read(prompt: string): Reading {
  const looked =
    prompt.length <= 2 * LOOKED_AT ? prompt : `${prompt.slice(0, LOOKED_AT)}\n${prompt.slice(-LOOKED_AT)}`;
  const request = findRequest(looked);
  // What is to be done begins with its verb, known or not.
  const asked = request.body === "" ? request.core : request.body.replace(/^(?:\w+ly )?\S+/, "");
  const inRequest = nounPhrases(asked.replace(JUDGEMENT, ""));
  const phrases =
    inRequest.length > 0 ? inRequest : nounPhrases(withoutCapitals(unslipped(looked.slice(0, LOOKED_AT))));
  const kind = kindOf(request, looked);
  const compared = kind === "comparison" ? comparedThings(request.core) : undefined;
  const topic = topicOf(kind, request.core, phrases);
  const others = phrases.filter((phrase) => !overlap(phrase, topic)).slice(0, 4);
  const slots: Partial<Record<SlotName, string>> = {
    topic: addressed(topic ?? "this"),
    focus: addressed(others[0] ?? "the details"),
    task: request.task,
    first: addressed(compared?.[0] ?? "the first option"),
    second: addressed(compared?.[1] ?? "the second option"),
  };
  return {
    kind,
    piece: pieceOf(request.core),
    request: inWhole(request, prompt.length - looked.length),
    slots: SLOTS.map((name) => slots[name] ?? ""),
    subject: topic ?? "",
    others: others.map(addressed),
  };
}

/** Sentences as they would stand within others; a name at the start of one is taken for a word. */
function withoutCapitals(text: string): string {
  return text.replace(/(?<=^|[.!?]\s+)[A-Z](?=[a-z])/g, (first) => first.toLowerCase());
}

/** A request's place in the whole prompt, of which `skipped` characters in the middle were not looked at. */
function inWhole(request: Request, skipped: number): Request {
  if (request.start < LOOKED_AT) return request;
  return { ...request, start: request.start + skipped, end: request.end + skipped };
}

/** The form of what is to be planned; its content makes the better topic ("a schedule for a puppy"). */
const PLAN = /\b(?:plan|schedule|timeline|calendar|outline|itinerary)\b/;

function topicOf(kind: TaskKind, core: string, phrases: readonly string[]): string | undefined {
  if (kind === "writing") return subjectOfPiece(core, phrases);
  return (kind === "planning" ? phrases.find((phrase) => !PLAN.test(phrase)) : undefined) ?? phrases[0];
}

const SUBJECT =
  /\b(?:about|on|regarding|concerning|announcing|describing|explaining|introducing|celebrating|inviting|in which|where|that \w+|for) (.+)/;

/** What a text to be written is about; the text itself ("a short poem") is not its subject. */
function subjectOfPiece(core: string, phrases: readonly string[]): string | undefined {
  const named = SUBJECT.exec(core)?.[1];
  const subject = named === undefined ? undefined : nounPhrases(named)[0];
  return subject ?? phrases.find((phrase) => pieceOf(phrase) === "article") ?? phrases[0];
}

/** "Is it fair to ask ...": the judgement asked for is not the subject. */
const JUDGEMENT = /^(?:is|was|would) it (?:[\w-]+ ){1,5}?(?=to |that |when |if |for )/;

function overlap(a: string, b: string | undefined): boolean {
  return b !== undefined && (a.includes(b) || b.includes(a));
}

const WRITING =
  /^(write|compose|draft|rewrite|craft|pen|invent|create (an?|the) [^.]*\b(story|poem|song|post|article|speech|script)|tell (me )?a (story|joke))\b/;
const PLANNING =
  /^(plan|design|organi[sz]e|schedule|outline|devise|arrange|set up|map out|create (an?|my|our) [^.]*\b(plan|schedule|routine|itinerary|menu|budget)|make (an?|my|our) [^.]*\b(plan|schedule|routine|itinerary|list|calendar|timeline)|draw up)\b/;
const COMPARISON =
  /\b(compare[sd]?|comparison|differences?|differs?|distinguish(es)?|vs\.?|versus|trade-offs? between|(?:choose|decide) between)\b/;
const CHOICE = /\b(better than|which (is|one|of)|better)\b|^(?:is|are|should|do|does)\b.* or /;
const FIRST_PERSON = /\b(i|me|my|i'm|im)\b/;
const LOOSE_CODE = new RegExp(
  `\\b(?:${[...LOOSE_CODE_WORDS].join("|")})\\b.*\\b(?:${[...LOOSE_CODE_WORDS].join("|")})\\b`,
);
const OPINION =
  /^(should|is it (ok|okay|right|wrong|worth|fair|better|good|bad|rude|ethical)|do you (think|believe)|are .* worth|is .* (worth|overrated|a good idea)|is it (?!possible)[\w -]+ (to|that|when|if)|does it (make sense|matter)|(do|does) .* deserve|do you (think|consider))\b|\b(your (opinion|view|thoughts|take)|argue|argument for|opinion|good idea|pros and cons|worth it)\b/;
const NUMBERS =
  /^(calculate|compute|estimate|convert)\b|\b(how (much|many|long|far|often|old|big|fast|wide|thick|likely|large)|percent(age)?|per cent|average|probability|interest rate|what (share|distance|rate)|costs?|what is \d)\b/;
const EXPLANATION =
  /^(why|how (does|do|did|is|are|was|were|come)|explain|describe|what (happens|causes|makes)|summari[sz]e|interpret|define|clarify)\b|\b(what causes|mean by)\b/;

function kindOf(request: Request, text: string): TaskKind {
  const { form } = request;
  const core = request.core.toLowerCase();
  const isCode = mentions(wordsOf(core), CODE_WORDS);
  if (WRITING.test(core)) return isCode ? "code" : "writing";
  if (COMPARISON.test(core) || (CHOICE.test(core) && comparedThings(core) !== undefined)) return "comparison";
  if (isCode || LOOSE_CODE.test(core)) return "code";
  if (PLANNING.test(core)) return "planning";
  const opening = text.slice(0, LOOKED_AT).toLowerCase();
  if (FIRST_PERSON.test(opening) && mentions(wordsOf(opening), FEELING_WORDS)) return "feelings";
  if (OPINION.test(core)) return "opinion";
  if (NUMBERS.test(core)) return "numbers";
  if (form === "howto") return "howto";
  if (EXPLANATION.test(core)) return "explanation";
  return "question";
}

function mentions(words: readonly string[], wanted: ReadonlySet<string>): boolean {
  for (const word of words) if (wanted.has(word)) return true;
  return false;
}

function wordsOf(text: string): string[] {
  return text.split(/[^a-z+'-]+/);
}

function pieceOf(core: string): PieceKind {
  for (const word of core.split(/[^a-z-]+/)) {
    const piece = PIECE_WORDS.get(word);
    if (piece !== undefined) return piece;
  }
  return "article";
}
