import type { NumberForm, NumberHold } from "../../core/ports/language-model.ts";
import type { OpenAISettings } from "./settings.ts";

/** Fields by which servers hold answers to a form, ours first; with one of the user's own nothing is added. */
const FIELDS = [
  "grammar",
  "structured_outputs",
  "guided_choice",
  "response_format",
  "format",
  "guided_regex",
  "guided_json",
  "guided_grammar",
  "json_schema",
  "regex",
  "ebnf",
];

const FORMS: readonly NumberForm[] = [
  "grammar",
  "structured_outputs",
  "guided_choice",
  "response_format",
  "format",
];

/**
 * The forms that are worth trying, those first that let the number stand alone. None where the user's own fields form the
 * answers, or where the model is to reason: many servers would hold the reasoning, too.
 */
export function formsOf({ options = {}, reasoning }: OpenAISettings): readonly NumberForm[] | undefined {
  const isReasoning = reasoning !== undefined && reasoning !== false;
  return isReasoning || FIELDS.some((field) => field in options) ? undefined : FORMS;
}

/** The fields of a request that hold its answer; none without a form. */
export function holdFields(held: NumberHold | undefined): Readonly<Record<string, unknown>> {
  if (held?.form === undefined) return {};
  const { form, max } = held;
  switch (form) {
    case "grammar":
      return { grammar: grammarTo(max) };
    case "structured_outputs":
      return { structured_outputs: { choice: numerals(max) } };
    case "guided_choice":
      return { guided_choice: numerals(max) };
    case "response_format":
      return {
        response_format: {
          type: "json_schema",
          // OpenAI takes no schema but of an object with every key required.
          json_schema: {
            name: "rating",
            strict: true,
            schema: {
              type: "object",
              properties: { score: numberTo(max) },
              required: ["score"],
              additionalProperties: false,
            },
          },
        },
      };
    case "format":
      return { format: numberTo(max) };
    case "mask":
      return {};
  }
}

const numerals = (max: number): string[] => Array.from({ length: max }, (_, i) => String(i + 1));

/** An enumeration and no bounds: those are not known everywhere. */
const numberTo = (max: number): object => ({
  type: "integer",
  enum: Array.from({ length: max }, (_, i) => i + 1),
});

/** GBNF of llama.cpp, longest numbers first; scales end at a power of ten. */
function grammarTo(max: number): string {
  const shorter = Array.from(
    { length: String(max).length - 1 },
    (_, digits) => `[1-9]${" [0-9]".repeat(digits)}`,
  );
  return `root ::= "${max}" | ${shorter.reverse().join(" | ")}`;
}
