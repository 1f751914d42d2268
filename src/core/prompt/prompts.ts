import answerForTaste from "../../../prompts/answer-for-taste.json" with { type: "json" };
import guessMapping from "../../../prompts/guess-mapping.json" with { type: "json" };
import guessTaste from "../../../prompts/guess-taste.json" with { type: "json" };
import inContext from "../../../prompts/in-context.json" with { type: "json" };
import judge from "../../../prompts/judge.json" with { type: "json" };
import judgeCriterion from "../../../prompts/judge-criterion.json" with { type: "json" };
import judgeTextFirst from "../../../prompts/judge-text-first.json" with { type: "json" };
import judgeWithPrompt from "../../../prompts/judge-with-prompt.json" with { type: "json" };
import judgeWithPromptTextFirst from "../../../prompts/judge-with-prompt-text-first.json" with {
  type: "json",
};
import manyShot from "../../../prompts/many-shot.json" with { type: "json" };
import multipleChoice from "../../../prompts/multiple-choice.json" with { type: "json" };
import plain from "../../../prompts/plain.json" with { type: "json" };
import ragExemplar from "../../../prompts/rag-exemplar.json" with { type: "json" };
import ragSummary from "../../../prompts/rag-summary.json" with { type: "json" };
import respond from "../../../prompts/respond.json" with { type: "json" };
import respondAvoid from "../../../prompts/respond-avoid.json" with { type: "json" };
import respondVariant from "../../../prompts/respond-variant.json" with { type: "json" };
import rewrite from "../../../prompts/rewrite.json" with { type: "json" };
import summariseManner from "../../../prompts/summarise-manner.json" with { type: "json" };
import summarisePerson from "../../../prompts/summarise-person.json" with { type: "json" };
import summarisePreference from "../../../prompts/summarise-preference.json" with { type: "json" };
import summarisePreferenceWithPrompt from "../../../prompts/summarise-preference-with-prompt.json" with {
  type: "json",
};
import withAttribute from "../../../prompts/with-attribute.json" with { type: "json" };
import type { StyleLabel } from "../artifacts.ts";
import { canonicalJson, fingerprint } from "../hash.ts";
import type { ChatMessage } from "../ports/language-model.ts";
import { compilePrompt, type PromptSource, renderPart, renderPrompt } from "./template.ts";

const sources = {
  answerForTaste,
  guessMapping,
  guessTaste,
  inContext,
  judge,
  judgeCriterion,
  judgeTextFirst,
  judgeWithPrompt,
  judgeWithPromptTextFirst,
  manyShot,
  multipleChoice,
  plain,
  ragExemplar,
  ragSummary,
  respond,
  respondAvoid,
  respondVariant,
  rewrite,
  summariseManner,
  summarisePerson,
  summarisePreference,
  summarisePreferenceWithPrompt,
  withAttribute,
} as Record<PromptName, PromptSource>;

export type PromptName =
  | "answerForTaste"
  | "guessMapping"
  | "guessTaste"
  | "inContext"
  | "judge"
  | "judgeCriterion"
  | "judgeTextFirst"
  | "judgeWithPrompt"
  | "judgeWithPromptTextFirst"
  | "manyShot"
  | "multipleChoice"
  | "plain"
  | "ragExemplar"
  | "ragSummary"
  | "respond"
  | "respondAvoid"
  | "respondVariant"
  | "rewrite"
  | "summariseManner"
  | "summarisePerson"
  | "summarisePreference"
  | "summarisePreferenceWithPrompt"
  | "withAttribute";

/** Every prompt of the package, checked and ready to render. */
export const prompts = Object.fromEntries(
  Object.entries(sources).map(([name, source]) => [name, compilePrompt(source)]),
) as Record<PromptName, ReturnType<typeof compilePrompt>>;

/** A prompt as people read it: its messages in order, with their slots. */
export const promptText = (name: PromptName): string =>
  sources[name].messages.map(({ role, content }) => `${role}:\n${content.join("\n")}`).join("\n\n");

/** Fingerprint of each prompt's text, for the run record. */
export function promptFingerprints(): Record<PromptName, string> {
  return Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, fingerprint(canonicalJson(source))]),
  ) as Record<PromptName, string>;
}

/**
 * A mark for fencing untrusted text: made from the text itself, so that the text cannot contain it and the same
 * content always gives the same request.
 */
export function fenceOf(...texts: readonly string[]): string {
  return fingerprint(texts.join("\u0000"), 10);
}

/** The messages that ask for an answer in one style: what candidates, routing and the oracle all send. */
export function styledMessages(label: StyleLabel, prompt: string): ChatMessage[] {
  if (label.direction === "avoid" && label.wording === "avoid")
    return renderPrompt(prompts.respondAvoid, { principle: label.principle, prompt });
  const instruction = renderPart(prompts.respond, label.direction, { principle: label.principle });
  return renderPrompt(prompts.respond, { instruction, prompt });
}

/** The messages of the non-personalized base LLM. */
export function plainMessages(prompt: string): ChatMessage[] {
  return renderPrompt(prompts.plain, { prompt });
}

/** A list of messages, each in a fence of its own. */
export function fencedMessages(prompt: (typeof prompts)["inContext"], messages: readonly string[]): string {
  return messages
    .map((message) => renderPart(prompt, "message", { message, fence: fenceOf(message) }))
    .join("");
}
