import type { TokenLogprob } from "../../core/ports/language-model.ts";
import type { ApiToken } from "./api-tokens.ts";
import type { Part } from "./reasoning/mentions.ts";
import { spellings } from "./token-spelling.ts";
import { textOf, visibleParts } from "./visible-text.ts";

/**
 * The tokens that make up the visible text, out of all that were generated: reasoning and special tokens fall away.
 * Where tokens spell no whole characters, those of one character are taken together.
 * @returns undefined when the tokens do not spell the text, so that nobody reads a wrong position
 */
export function visibleTokens(
  tokens: readonly (ApiToken | null)[],
  text: string,
): TokenLogprob[] | undefined {
  const known = tokens.filter(
    (token): token is ApiToken => token !== null && typeof token.token === "string",
  );
  for (const spelled of spellings(known)) {
    const found = within(spelled, text) ?? aroundUnreadable(spelled, text);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The token that ended an answer, where it is listed: a special one, which spells nothing. */
export function endToken(tokens: readonly ApiToken[]): TokenLogprob | undefined {
  const [named] = spellings(tokens);
  const last = named?.at(-1);
  return last !== undefined && /^(?:<[^<>]*>)?$/.test(last.token) ? { ...last, token: "" } : undefined;
}

/** The tokens of the parts that are visible in what all of them spell, or else of the text's last occurrence in it. */
function within(tokens: readonly TokenLogprob[], text: string): TokenLogprob[] | undefined {
  const whole = joined(tokens);
  if (text === "") return [];
  const parts = visibleParts(whole);
  const isSame = textOf(whole, parts) === text.trim();
  const start = whole.lastIndexOf(text);
  if (isSame)
    return overlapping(
      tokens,
      parts.map((part) => trimmed(whole, part)),
    );
  return start < 0 ? undefined : overlapping(tokens, [{ start, end: start + text.length }]);
}

function trimmed(whole: string, { start, end }: Part): Part {
  const text = whole.slice(start, end);
  const from = start + text.length - text.trimStart().length;
  return { start: from, end: Math.max(from, start + text.trimEnd().length) };
}

function joined(tokens: readonly TokenLogprob[]): string {
  return tokens.map(({ token }) => token).join("");
}

function overlapping(tokens: readonly TokenLogprob[], parts: readonly Part[]): TokenLogprob[] {
  const found: TokenLogprob[] = [];
  let at = 0;
  for (const token of tokens) {
    const end = at + token.token.length;
    if (parts.some((part) => end > part.start && at < part.end)) found.push(token);
    at = end;
  }
  return found;
}

/** What a server writes for bytes that are no character. */
const UNREADABLE = "\ufffd";

/**
 * As `within`, where characters are unreadable: the text before the first and behind the last of them must be spelled
 * by tokens; what stands between becomes one token of unknown probability.
 */
function aroundUnreadable(tokens: readonly TokenLogprob[], text: string): TokenLogprob[] | undefined {
  const first = tokens.findIndex(({ token }) => token.includes(UNREADABLE));
  const last = tokens.findLastIndex(({ token }) => token.includes(UNREADABLE));
  if (first < 0) return withUnspelledEnd(tokens, text);
  const before = overlapEnd(joined(tokens.slice(0, first)), text);
  const after = overlapStart(text.slice(before.length), joined(tokens.slice(last + 1)));
  const between = text.slice(before.length, text.length - after.length);
  if (before === "" || between === "") return undefined;
  const head = tokens.slice(0, first);
  const tail = tokens.slice(last + 1);
  const start = joined(head).length - before.length;
  return [
    ...overlapping(head, [{ start, end: start + before.length }]),
    { token: between, logprob: Number.NEGATIVE_INFINITY, top: [] },
    ...overlapping(tail, [{ start: 0, end: after.length }]),
  ];
}

/** Tokens that spell the beginning of the text alone: the rest becomes one of unknown probability. */
function withUnspelledEnd(tokens: readonly TokenLogprob[], text: string): TokenLogprob[] | undefined {
  const whole = joined(tokens);
  if (whole.trim() === "" || !text.startsWith(whole)) return undefined;
  return [...tokens, { token: text.slice(whole.length), logprob: Number.NEGATIVE_INFINITY, top: [] }];
}

/** The longest end of `spelled` with which `text` begins. */
function overlapEnd(spelled: string, text: string): string {
  for (let length = Math.min(spelled.length, text.length); length > 0; length--) {
    if (spelled.endsWith(text.slice(0, length))) return text.slice(0, length);
  }
  return "";
}

/** The longest beginning of `spelled` with which `text` ends. */
function overlapStart(text: string, spelled: string): string {
  for (let length = Math.min(spelled.length, text.length); length > 0; length--) {
    if (text.endsWith(spelled.slice(0, length))) return spelled.slice(0, length);
  }
  return "";
}
