import { codeIn, isWithin, type Part } from "./mentions.ts";

/** What is visible of an answer and what is reasoning, each part in order. */
export interface Parts {
  readonly visible: readonly Part[];
  readonly thoughts: readonly Part[];
}

/** `<|channel|>analysis<|message|>`, `<|start|>assistant<|channel|>final <|constrain|>json<|message|>`, ... */
const HEADER =
  /(?:<\|start\|>\s*\w*\s*)?(?:<\|channel\|>([^<]*)(?:<\|constrain\|>[^<]*)?(?:<\|message\|>|$)|(?<=<\|start\|>\s*\w*\s*)<\|message\|>)/gi;
/** What can end a message. */
const MESSAGE_END = /<\|(?:end|return|call|start|channel)\|>/gi;
const BEGINNING =
  /^\s*(?:<\|start\|>|(?:assistant\s*)?<\|channel\|>\s*(?:analysis|commentary|final)|(?:analysis|commentary|final)?\s*<\|message\|>)/i;
const NEXT_MESSAGE = /<\|start\|>\s*assistant\s*<\|(?:channel|message)\|>/gi;

/** The format of gpt-oss (OpenAI, "harmony"), with its special tokens; null for a text that is not in it. */
export function harmonyParts(content: string): Parts | null {
  const code = codeIn(content);
  const isOne =
    BEGINNING.test(content) || [...content.matchAll(NEXT_MESSAGE)].some((m) => !isWithin(code, m.index));
  if (!isOne) return null;
  const headers = [...content.matchAll(HEADER)].filter(({ index }) => !isWithin(code, index));
  const thoughts: Part[] = [];
  let visible: Part | undefined;
  const first = headers[0]?.index ?? content.length;
  const opening = /^\s*(analysis|commentary|final)?\s*<\|message\|>/i.exec(content);
  const lead = bodyFrom(content, opening?.[0].length ?? 0, code, first);
  if (opening?.[1]?.toLowerCase() === "final") visible = lead;
  else thoughts.push(lead);
  for (const { index, 0: all, 1: channel } of headers) {
    const body = bodyFrom(content, index + all.length, code);
    if (channel === undefined || /^\s*final\b/i.test(channel)) visible = body;
    else thoughts.push(body);
  }
  return { visible: visible === undefined ? [] : [visible], thoughts };
}

function bodyFrom(content: string, start: number, code: readonly Part[], most = content.length): Part {
  MESSAGE_END.lastIndex = start;
  for (let end = MESSAGE_END.exec(content); end !== null; end = MESSAGE_END.exec(content)) {
    if (!isWithin(code, end.index)) return { start, end: Math.max(start, Math.min(end.index, most)) };
  }
  return { start, end: Math.max(start, most) };
}

/** Between reasoning and answer once a server dropped the special tokens: no word of any text. */
const BARE_FINAL = /assistant(?:\s*\n\s*)?final(?!ly\b|ists?\b|e\b)/g;
const BARE_BEGINNING = /^\s*(?:analysis(?=\p{L})|commentary(?=\p{Lu}))/u;

/** The same format after a server dropped its special tokens. @param hasApart reasoning came in a field of its own */
export function bareHarmonyParts(content: string, hasApart: boolean): Parts | null {
  const beginning = BARE_BEGINNING.exec(content) ?? /^\s*(?:analysis|commentary)\b/.exec(content);
  const code = codeIn(content);
  for (const { index, 0: mark } of content.matchAll(BARE_FINAL)) {
    const end = index + mark.length;
    const isSplit = mark.includes("\n");
    const isSpokenOf = /["'“‘«(]$/.test(content.slice(0, index)) || /^\s+[a-z]/.test(content.slice(end));
    const isBegun = beginning !== null && !isSpokenOf;
    const isAttached = !isSplit && !isSpokenOf && !/[ \t]$/.test(content.slice(0, index));
    if (isWithin(code, index) || !(isBegun || isAttached)) continue;
    return {
      visible: [{ start: end, end: content.length }],
      thoughts: [{ start: beginning?.[0].length ?? 0, end: index }],
    };
  }
  if (hasApart || !BARE_BEGINNING.test(content)) return null;
  return { visible: [], thoughts: [{ start: beginning?.[0].length ?? 0, end: content.length }] };
}
