/**
 * What a user said: a text, `null` when it is nothing, or what stands there instead of a text.
 */
export type Said = string | null | { readonly problem: string };

export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value in words for an error: its kind, and for short ones its content. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object") return `an object with ${keysInWords(value)}`;
  if (typeof value === "string") return `the text ${shown(value)}`;
  return `the ${typeof value} ${String(value).slice(0, 30)}`;
}

/** Names from a file, cut and without control characters. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

const MOST_KEYS = 8;

export function keysInWords(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return "no keys";
  const first = keys.slice(0, MOST_KEYS).map((key) => shown(key).slice(1, -1));
  return `${first.join(", ")}${keys.length > MOST_KEYS ? `, ... (${keys.length})` : ""}`;
}

/** Where an object that stands for a text may hold it: Gemini's and ChatGPT's `parts`, the Assistants API's `value`. */
const TEXT_KEYS = ["text", "content", "value", "parts"] as const;
/** Content within content: deeper than any known form. */
const DEEPEST = 4;

/**
 * The text of a message's content: a string, or parts of which all are texts (OpenAI, Anthropic, Gemini), joined by line
 * ends. A part of another kind, such as an image, is a problem that names it.
 */
export function textOf(content: unknown, depth = 0): Said {
  if (content === null || content === undefined) return null;
  if (typeof content === "string") return content;
  if (depth < DEEPEST && Array.isArray(content)) return joined(content, depth);
  if (!isObject(content) || depth >= DEEPEST) {
    return { problem: `the content is ${inWords(content)}, where a text is wanted` };
  }
  const type = content.type ?? content.content_type;
  if (typeof type === "string" && type !== "" && !/text/i.test(type)) {
    return { problem: `the content has a part of type ${shown(type)}, and only texts can be asked` };
  }
  const key = TEXT_KEYS.find((name) => content[name] !== undefined && content[name] !== null);
  if (key !== undefined) return textOf(content[key], depth + 1);
  if (TEXT_KEYS.some((name) => name in content)) return null;
  return { problem: `the content is ${inWords(content)}, where a text is wanted` };
}

function joined(parts: readonly unknown[], depth: number): Said {
  const texts: string[] = [];
  for (const part of parts) {
    const text = textOf(part, depth + 1);
    if (typeof text === "string") texts.push(text);
    else if (text !== null) return text;
  }
  return texts.length === 0 ? null : texts.join("\n");
}
