import { type Fields, inWords, isObject, keysInWords, type Said, shown, textOf } from "./content.ts";

const USERS = new Set(["user", "human", "prompter", "person", "customer", "usr"]);
const OTHERS = new Set(
  (
    "assistant gpt bot ai model chatgpt chatbot claude bard bing gemini llm agent system developer tool function " +
    "observation ipython functioncall functionresponse toolcall toolresponse context"
  ).split(" "),
);
/** Where a turn names its speaker: OpenAI, ShareGPT, dialogue sets, ChatGPT's export, Claude's export, LangChain. */
const SPEAKER_KEYS = ["role", "from", "speaker", "author", "sender", "type"] as const;
const SAID_KEYS = ["content", "value", "text", "parts", "message", "utterance", "data", "kwargs"] as const;

type Side = "user" | "other" | undefined;

/** `User`, `<|prompter|>` and LangChain's `HumanMessage` are users; `undefined` for a role that is not known. */
function sideOf(role: string): Side {
  const plain = role
    .toLowerCase()
    .replace(/[^a-z]+/g, "")
    .replace(/(?<=.)message(chunk)?$/, "");
  return USERS.has(plain) ? "user" : OTHERS.has(plain) ? "other" : undefined;
}

/** The value under which a turn names its speaker. */
function speakerOf(turn: Fields): unknown {
  for (const key of SPEAKER_KEYS) {
    const value = turn[key];
    if (value === undefined || value === null) continue;
    if (key === "type" && (typeof value !== "string" || sideOf(value) === undefined)) continue;
    return isObject(value) ? (value.role ?? value.name) : value;
  }
  // LangChain's serialised form: {"id": [..., "HumanMessage"], "kwargs": {"content": ...}}
  const last = Array.isArray(turn.id) ? turn.id.at(-1) : undefined;
  return typeof last === "string" ? last : undefined;
}

/** What a turn says; `undefined` when no key of it could hold that. */
function contentOf(turn: Fields): unknown {
  const key = SAID_KEYS.find((name) => !isNothing(turn[name])) ?? SAID_KEYS.find((name) => name in turn);
  const value = key === undefined ? undefined : turn[key];
  return (key === "data" || key === "kwargs") && isObject(value) ? value.content : value;
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** The user's text where roles are the keys, as in `{"human": "...", "assistant": "..."}`. */
export function saidUnderRoles(value: Fields): string | undefined {
  const keys = Object.keys(value);
  const user = keys.find((key) => sideOf(key) === "user" && typeof value[key] === "string");
  if (user === undefined) return undefined;
  const isTurn = keys.length === 1 || keys.some((key) => sideOf(key) === "other" && value[key] !== undefined);
  return isTurn ? (value[user] as string) : undefined;
}

/** A single turn that stands by itself: the user's text, `null` for another speaker's; `undefined` when it is no turn. */
export function saidInTurn(value: Fields): Said | undefined {
  const speaker = speakerOf(value);
  if (typeof speaker !== "string") return undefined;
  const side = sideOf(speaker);
  const content = contentOf(value);
  if (side === undefined || content === undefined) return undefined;
  return side === "user" ? textOf(content) : null;
}

/**
 * The first user turn of a conversation: a list of turns with a speaker each, of texts of which the user's is the first,
 * or of pairs of such texts.
 */
export function firstUserTurn(turns: readonly unknown[]): Said {
  if (turns.length === 1 && Array.isArray(turns[0]) && turns[0].every(isObject))
    return firstUserTurn(turns[0]);
  const strangers = new Set<string>();
  for (const [i, given] of turns.entries()) {
    if (i === 0 && typeof given === "string") return given;
    if (i === 0 && isPair(given)) return given[0];
    const place = `turn ${i + 1}`;
    if (!isObject(given)) return { problem: `${place} is ${inWords(given)}, where a turn is wanted` };
    const turn = isObject(given.message) && speakerOf(given) === undefined ? given.message : given;
    const speaker = speakerOf(turn);
    if (speaker === undefined) {
      const said = saidUnderRoles(turn);
      if (said !== undefined) return said;
      const keys = Object.keys(turn);
      if (keys.length > 0 && keys.every((key) => sideOf(key) === "other")) continue;
      return { problem: `${place} names no speaker under role or from (it has: ${keysInWords(turn)})` };
    }
    if (typeof speaker !== "string") {
      return { problem: `the role of ${place} is ${inWords(speaker)}, where "user" or "human" is wanted` };
    }
    const side = sideOf(speaker);
    if (side === undefined) strangers.add(speaker);
    if (side !== "user") continue;
    const said = textOf(contentOf(turn));
    return isProblem(said) ? { problem: `${place}: ${said.problem}` } : said;
  }
  if (strangers.size === 0) return null;
  const roles = [...strangers].slice(0, 5).map(shown).join(", ");
  return { problem: `no turn is the user's: the roles are ${roles}, where "user" or "human" is wanted` };
}

/** Columns instead of turns: `{"role": ["user", ...], "content": ["...", ...]}`; `undefined` when it is something else. */
export function turnsOfColumns(value: Fields): Fields[] | undefined {
  const columns = Object.entries(value).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  const speakers = columns.find(([key]) => key === "role" || key === "from" || key === "speaker");
  if (speakers === undefined) return undefined;
  return speakers[1].map((_, i) => Object.fromEntries(columns.map(([key, list]) => [key, list[i]])));
}

export function isProblem(said: Said): said is { readonly problem: string } {
  return typeof said === "object" && said !== null;
}

const isPair = (value: unknown): value is readonly [string, string | null] =>
  Array.isArray(value) &&
  value.length === 2 &&
  typeof value[0] === "string" &&
  (value[1] === null || typeof value[1] === "string");
