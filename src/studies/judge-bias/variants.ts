import { type AvoidWording, styleLabels } from "../../core/artifacts.ts";
import type { ChatMessage } from "../../core/ports/language-model.ts";
import { plainMessages, prompts, styledMessages } from "../../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../../core/prompt/template.ts";

/** A system prompt under which every user is answered. */
export interface Variant {
  /** Such as `cold` or `follow: persuasive`. */
  readonly id: string;
  messages(prompt: string): ChatMessage[];
}

/** The variant that all others are compared with: no system prompt. */
export const NONE = "none";

/** None, the general ones of `prompts/respond-variant.json`, and following and avoiding each principle (spec section 6). */
export function variantsOf(principles: readonly string[], avoid?: AvoidWording): Variant[] {
  const template = prompts.respondVariant;
  return [
    { id: NONE, messages: plainMessages },
    ...Object.keys(template.parts).map((part) => ({
      id: part.replaceAll("-", " "),
      messages: (prompt: string) =>
        renderPrompt(template, { instruction: renderPart(template, part, {}), prompt }),
    })),
    ...styleLabels(principles, avoid).map((label) => ({
      id: `${label.direction}: ${label.principle}`,
      messages: (prompt: string) => styledMessages(label, prompt),
    })),
  ];
}
