import type { FinishReason } from "../../core/ports/language-model.ts";

const WHOLE =
  /^(stop|eos|eos_token|end_turn|end_of_turn|stop_sequence|stop_token|complete|completed|finished|tool_calls?|function_call)$/;
/** Cut where generated tokens are counted. */
const CUT = /^(length|max_tokens|max_output_tokens|max_completion_tokens|model_length|token_limit)$/;
const BROKEN = /^(error|abort(ed)?|cancell?ed|timeout|network_error|insufficient_system_resource)$/;

/**
 * What the reason means for which an answer ended; servers that state none have finished. What is not known to be a whole
 * answer is none: withheld by filters under many names ("sensitive", "PROHIBITED_CONTENT"), or broken off at the end of
 * the model's window.
 * @returns `undefined` for an answer that the server did not bring to its end: worth another try
 */
export function finishOf(reason: unknown, isRefusal: boolean): FinishReason | undefined {
  const name = typeof reason === "string" ? reason.toLowerCase().trim() : "";
  if (BROKEN.test(name)) return undefined;
  if (isRefusal) return "filter";
  if (name === "" || WHOLE.test(name)) return "stop";
  return CUT.test(name) ? "length" : "filter";
}
