/** Marks of a text that was put together wrongly: double spaces, open templates, a word twice. */
export const MALFORMED = / {2}|[{}]|<[a-z]+>|undefined| [,.;!?]|\b(a|an|of|to|in) \1\b/;

/** A text without its fenced blocks of code, where anything may stand. */
export function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, "");
}
