import { blockParts } from "./reasoning/blocks.ts";
import { bareHarmonyParts, harmonyParts, type Parts } from "./reasoning/harmony.ts";
import type { Part } from "./reasoning/mentions.ts";

/** What a model thought, apart from what it says. */
export interface SplitText {
  readonly text: string;
  readonly reasoning?: string;
}

/**
 * The final visible text of a raw answer. A block of reasoning that was never closed leaves nothing visible.
 * @param apart reasoning that the server itself returned separately
 */
export function splitReasoning(content: string, apart?: string): SplitText {
  const parts = partsOf(content, apart !== undefined && apart !== "");
  const text = parts === null ? content : textOf(content, parts.visible);
  const thoughts = (parts?.thoughts ?? []).map(({ start, end }) => content.slice(start, end).trim());
  const whole = [apart, ...thoughts].filter((part) => part).join("\n");
  return whole === "" ? { text } : { text, reasoning: whole };
}

/** Where the visible text stands in a raw answer, in order; one part for an answer without reasoning. */
export function visibleParts(content: string): readonly Part[] {
  return partsOf(content, false)?.visible ?? [{ start: 0, end: content.length }];
}

/** The text that visible parts make: trimmed, with nothing where reasoning was cut out of a line, else a blank line. */
export function textOf(content: string, visible: readonly Part[]): string {
  let text = "";
  for (const { start, end } of visible) {
    const part = content.slice(start, end);
    const isApart = /\n\s*$/.test(text) && text.trim() !== "";
    text = isApart ? `${text.trimEnd()}\n\n${part.trimStart()}` : text + part;
  }
  return text.trim();
}

/** What every text with reasoning in it has; most answers have nothing of it. */
const MAY_HAVE_MARKS =
  /[<◁⟨]|\[\/?THINK|assistant\s*final|\/?think(?:ing)?>|^\s*(?:analysis|commentary|Thinking\.\.\.|Here(?: is|'s) my thought)/i;

function partsOf(content: string, hasApart: boolean): Parts | null {
  if (!MAY_HAVE_MARKS.test(content)) return null;
  return harmonyParts(content) ?? bareHarmonyParts(content, hasApart) ?? blockParts(content, hasApart);
}
