import type { ChatMessage, LanguageModel } from "../core/ports/language-model.ts";
import { prompts } from "../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../core/prompt/template.ts";
import type { AskedScale } from "../core/rating-scale.ts";
import { fenceAround } from "./fence.ts";
import { askScore, fencedIn } from "./judge.ts";
import type { JudgeSettings } from "./settings.ts";

/** Criteria that take one answer for itself, as naive studies of personalization do (spec section 6). */
export const NAIVE_CRITERIA = ["quality", "personalization", "profile", "persona"] as const;
export type NaiveCriterion = (typeof NAIVE_CRITERIA)[number];

/** What the judge is told besides the answer. */
export interface Grounds {
  readonly prompt: string;
  /** Lines that describe the user's attributes. */
  readonly profile: string;
  /** Who the user is. */
  readonly persona: string;
}

/** The messages that ask for one answer's score by a criterion. @param fence a mark of `fenceAround(prompt, text)` */
export function criterionMessages(
  criterion: NaiveCriterion,
  text: string,
  { prompt, profile, persona }: Grounds,
  scale: AskedScale,
  fence: string,
): ChatMessage[] {
  return renderPrompt(prompts.judgeCriterion, {
    criterion: renderPart(prompts.judgeCriterion, criterion, { profile, persona }),
    max: String(scale),
    prompt,
    text,
    fence,
  });
}

/** The score of one answer by a criterion, within `scoreBounds`; `null` and errors as of `Judge.rate`. */
export function rateByCriterion(
  model: LanguageModel,
  settings: JudgeSettings,
  criterion: NaiveCriterion,
  text: string,
  grounds: Grounds,
): Promise<number | null> {
  const fence = fenceAround(grounds.prompt, text);
  if (fence === null) return Promise.resolve(null);
  const messagesIn = (mark: string): ChatMessage[] =>
    criterionMessages(criterion, text, grounds, settings.scale, mark);
  return askScore(model, settings, fencedIn(fence, messagesIn));
}
