import { useState } from "preact/hooks";
import type { ShownText } from "../src/viewer/api-types.ts";
import { ask } from "./api.ts";
import { html } from "./html.ts";

/**
 * A text by people or models: shown as it is, in its own direction, and as nothing but text. Control characters,
 * which have no sign of their own, are shown by their pictures.
 */
export function Text({ shown, more }: { shown: ShownText; more: string | null }) {
  const [text, setText] = useState(shown.text);
  const [from, setFrom] = useState(shown.text);
  const [error, setError] = useState<string | null>(null);
  if (from !== shown.text) {
    setFrom(shown.text);
    setText(shown.text);
  }
  const left = shown.length - text.length;
  const load = async (): Promise<void> => {
    try {
      const next = await ask("text", `${more}&from=${text.length}`);
      setText(text + next.text);
    } catch (problem) {
      setError((problem as Error).message);
    }
  };
  return html`<div class="text" dir="auto">${visible(text)}</div>
    ${left > 0 && more !== null && html`<button type="button" class="more" onClick=${load}>Show more (${left.toLocaleString("en-US")} characters left)</button>`}
    ${left > 0 && more === null && html`<p class="soft">… ${left.toLocaleString("en-US")} more characters</p>`}
    ${error !== null && html`<p class="error" role="alert">${error}</p>`}`;
}

/**
 * Control characters as pictures (U+2400 on), directional overrides and isolates by name, so that no text can reorder
 * or hide itself; tabs and line ends stay.
 */
export function visible(text: string): string {
  return text.replace(/\r\n|[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]/gu, (found) => {
    const code = found.charCodeAt(0);
    if (found === "\r\n" || found === "\n") return "\n";
    if (found === "\t") return found;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
