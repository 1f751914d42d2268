import { ProviderError } from "../../core/errors.ts";
import type { TransportError } from "./transport-error.ts";

/** A request in the words of an error message, without anything secret. */
export interface RequestSite {
  /** Who asks, before the message: `openai:gpt-oss-120b: `. */
  readonly prefix: string;
  /** `POST http://...`, and what was asked. */
  readonly where: string;
  readonly origin: string;
  /** Takes secrets out of a text. */
  redact(text: string): string;
}

/** That no complete answer came, as a failed call. */
export function noAnswer(
  { prefix, where, origin, redact }: RequestSite,
  error: TransportError,
): ProviderError {
  const { trouble, code, message, status, words } = error;
  if (trouble === "late") {
    return new ProviderError(redact(`${prefix}${message}`), {
      failure: "transient",
      status,
      where: redact(where),
      remedy: "raise timeoutSeconds, or lower concurrency",
      words: message,
    });
  }
  return new ProviderError(redact(`${prefix}no complete answer (${code}: ${message})`), {
    failure: trouble === "hopeless" ? "fatal" : "transient",
    isAbsent: trouble === "absent",
    status,
    where: redact(where),
    remedy: `check that a server runs at ${redact(origin)} and can be reached`,
    words: redact(words),
    cause: error,
  });
}
