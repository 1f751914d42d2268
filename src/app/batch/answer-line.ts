import type { FileAnswer } from "../../providers/files/desk.ts";

/** What one line of a batch's output holds. */
export type AnswerLine =
  | ({ readonly key: string } & FileAnswer)
  /** Nothing that can be used: the request is asked again. */
  | { readonly key: string; readonly left: string }
  /** Not a line about a request of ours, or no line at all. */
  | { readonly refused: string };

/** Refusals of the request itself, which another try would meet again. Any other status says nothing about it. */
const REFUSALS = new Set([400, 413, 422]);
const KEY = /^[0-9a-f]{32}$/;
const MOST_WORDS = 80;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads a line of the files that OpenAI's Batch API gives (output and errors) and that `vllm run-batch` writes:
 * `{custom_id, response: {status_code, body} | null, error}`. Nothing in it is believed: a `custom_id` is only looked up.
 */
export function readAnswerLine(text: string): AnswerLine {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return { refused: "no complete JSON" };
  }
  if (!isFields(line)) return { refused: "no JSON object" };
  const { custom_id: key, response, error } = line;
  if (typeof key !== "string" || !KEY.test(key)) return { refused: "a custom_id that is not ours" };
  if (!isFields(response)) {
    return { key, left: wordsOf(error) ?? ("method" in line ? "a request, not an answer" : "no response") };
  }
  // Some tools leave the envelope out.
  const isBare = "choices" in response || "data" in response;
  const body = isBare ? response : response.body;
  const status = isBare ? 200 : response.status_code;
  if (typeof status !== "number") return { key, left: "a response without a status" };
  const said = isFields(body) && isFields(body.error) ? body.error : error;
  if (status >= 200 && status < 300) {
    if (isFields(body) || typeof body === "string") return { key, status, text: textOf(body) };
    return { key, left: wordsOf(error) ?? "a response without a body" };
  }
  if (!REFUSALS.has(status)) return { key, left: `HTTP ${status}${withColon(wordsOf(said))}` };
  return { key, status, text: isFields(body) ? textOf(body) : JSON.stringify({ error: refusalOf(error) }) };
}

const textOf = (body: Fields | string): string => (typeof body === "string" ? body : JSON.stringify(body));

/** An error as an API says it: vLLM writes it whole, inside another, or as a text. */
function refusalOf(error: unknown): Fields {
  if (isFields(error)) return isFields(error.error) ? error.error : error;
  return { message: typeof error === "string" ? error : "refused" };
}

/** The code of an error, or the beginning of its words. */
function wordsOf(error: unknown): string | undefined {
  if (typeof error === "string" && error !== "") return error.replace(/\s+/g, " ").slice(0, MOST_WORDS);
  if (!isFields(error)) return undefined;
  const { code, message } = error;
  if (typeof code === "string" && code !== "") return code.slice(0, MOST_WORDS);
  return wordsOf(message) ?? wordsOf(error.error);
}

const withColon = (words: string | undefined): string => (words === undefined ? "" : `: ${words}`);
