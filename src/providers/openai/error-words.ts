/** What an error body says, in the server's own words. */
export interface ErrorWords {
  readonly words: string;
  /** Error code or type, and what stands behind the message: for telling kinds of errors apart. */
  readonly hints: string;
  /** The code, where it is a number or names one. */
  readonly code: number | undefined;
}

/** Longest quotation of a server. */
const MOST_WORDS = 300;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The server's own message out of the usual shapes of an error body, or the start of whatever it sent. */
export function errorWords(body: string): ErrorWords {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { words: shortened(body), hints: "", code: undefined };
  }
  return wordsOfError(Array.isArray(parsed) ? parsed[0] : parsed, body);
}

/** The same of an error that was read already. @param otherwise quoted when there is no message */
export function wordsOfError(value: unknown, otherwise = ""): ErrorWords {
  const error = isFields(value) ? (value.error ?? value) : value;
  if (typeof error === "string") return { words: shortened(error), hints: "", code: undefined };
  if (!isFields(error)) return { words: shortened(otherwise), hints: "", code: undefined };
  const message = messageOf(error);
  const behind = messageBehind(error.metadata);
  const said = [message, behind].filter((part) => part !== "" && part !== undefined).join(": ");
  const hints = [error.code, error.type, error.status, error.param, innerCode(error.innererror)]
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(" ");
  return { words: shortened(said === "" ? otherwise : said), hints, code: codeOf(error.code) };
}

function messageOf({ message, detail, msg }: Fields): string {
  for (const part of [message, detail, msg]) {
    if (typeof part === "string") return part;
    if (Array.isArray(part)) return part.map(detailOf).join("; ");
    if (isFields(part)) return messageOf(part) || JSON.stringify(part);
  }
  return "";
}

/** One of FastAPI's complaints: `{ "loc": ["body", "temperature"], "msg": "Input should be ..." }`. */
function detailOf(detail: unknown): string {
  if (!isFields(detail)) return String(detail);
  const place = Array.isArray(detail.loc) ? detail.loc.filter((part) => part !== "body").join(".") : "";
  const message = messageOf(detail) || JSON.stringify(detail);
  return place === "" ? message : `${place}: ${message}`;
}

/** What a router passes on of the provider behind it. */
function messageBehind(metadata: unknown): string | undefined {
  if (!isFields(metadata)) return undefined;
  const { raw, reasons } = metadata;
  if (typeof raw === "string") return raw.trimStart().startsWith("{") ? errorWords(raw).words : raw;
  if (isFields(raw)) return wordsOfError(raw, JSON.stringify(raw)).words;
  return Array.isArray(reasons) ? reasons.join(", ") : undefined;
}

const innerCode = (inner: unknown): unknown => (isFields(inner) ? inner.code : undefined);

/** Codes in words that some servers send where others send a status. */
const CODES: readonly (readonly [RegExp, number])[] = [
  [/insufficient|credit|quota|billing|payment/i, 402],
  [/rate.?limit|too.?many|throttl|overload|capacity/i, 429],
  [/content.?(filter|policy)|moderation|safety/i, 403],
  [/context|too_long|invalid.?request|bad.?request|invalid_argument/i, 400],
  [/auth|api.?key|permission/i, 401],
  [/not.?found/i, 404],
  [/unavailable/i, 503],
];

function codeOf(code: unknown): number | undefined {
  const status = typeof code === "number" ? code : Number.parseInt(String(code), 10);
  if (status >= 400 && status < 600) return status;
  return typeof code === "string" ? CODES.find(([pattern]) => pattern.test(code))?.[1] : undefined;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}...` : line;
}
