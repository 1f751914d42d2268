import type { GenerateRequest, GenerateResult, TokenUsage } from "../../core/ports/language-model.ts";
import { mostInputTokens, usualInputTokens } from "./estimate.ts";

/** A server may put texts of its own before the request: more than this times its bytes is no count. */
const INPUT_SLACK = 4;
const OWN_TEXTS = 20_000;
/** Reasoning that is not shown may be long, but no answer of today has a million tokens. */
const MOST_OUTPUT = 1_000_000;

/**
 * The usage of an answer as a bill may believe it: whole numbers, above zero where there was text, and within what the
 * request allows. What cannot be is estimated at four characters a token, and says so.
 * @param maxTokens the model's own limit on output tokens, where it has one
 */
export function believableUsage(
  request: GenerateRequest,
  { usage, text, reasoning = "" }: Pick<GenerateResult, "usage" | "text" | "reasoning">,
  maxTokens?: number,
): TokenUsage {
  const { inputTokens, outputTokens } = usage;
  const limit = request.maxTokens ?? maxTokens;
  const characters = text.length + reasoning.length;
  const isInput = isCount(inputTokens, 1, INPUT_SLACK * mostInputTokens(request) + OWN_TEXTS);
  const isOutput = isCount(
    outputTokens,
    characters === 0 ? 0 : 1,
    // Some servers count a token or two more than they were allowed; none makes more tokens than there are bytes.
    limit === undefined ? MOST_OUTPUT : Math.max(2 * limit, 4 * characters) + 16,
  );
  if (isInput && isOutput) return usage;
  return {
    inputTokens: isInput ? inputTokens : usualInputTokens(request),
    outputTokens: isOutput ? outputTokens : Math.ceil(characters / 4),
    estimated: true,
  };
}

/** The same of an embedding model's call, by its texts. */
export function believableInput(texts: readonly string[], inputTokens: number): TokenUsage {
  const sum = (size: (text: string) => number): number =>
    texts.reduce((total, text) => total + size(text), 0);
  const bytes = sum((text) => Buffer.byteLength(text));
  return isCount(inputTokens, 1, INPUT_SLACK * bytes + OWN_TEXTS)
    ? { inputTokens, outputTokens: 0 }
    : { inputTokens: Math.ceil(sum((text) => text.length) / 4), outputTokens: 0, estimated: true };
}

function isCount(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
