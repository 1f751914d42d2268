import { UsageError } from "../../core/errors.ts";

/** One configuration key and the values that it takes in a sweep. */
export interface Variation {
  /** A path such as `historyLength`, `users.train` or `methods.routing.labels`. */
  readonly key: string;
  readonly values: readonly unknown[];
}

/** The value of every varied key in one cell, in the order of the keys. */
export type CellValues = Readonly<Record<string, unknown>>;

const EXAMPLE =
  "write KEY=VALUE,VALUE such as apm-bench sweep --vary historyLength=1,2,4 or apm-bench sweep --vary methods.routing.labels=margin,soft; lists and objects as JSON";

/** Keys that a sweep decides itself, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  out: "each cell has a folder of its own in the sweep's directory",
  budget: "the budget counts over the whole sweep",
};

/**
 * Reads `key=value,value,...`. A value is JSON where it begins like JSON, else the text itself; commas inside brackets,
 * braces and quotes do not separate.
 * @throws UsageError
 */
export function parseVariation(text: string): Variation {
  const where = `--vary ${text}`;
  const fail = (message: string, remedy = EXAMPLE): never => {
    throw new UsageError(message, { where, remedy });
  };
  const at = text.indexOf("=");
  const key = text.slice(0, at);
  if (at < 1 || !/^[a-z]\w*(\.[^.]+)*$/i.test(key)) return fail(`"${text}" varies nothing`);
  const refused = REFUSED[key.split(".")[0] as string];
  if (refused !== undefined) return fail(`${key} cannot be varied: ${refused}`, "vary another key");
  const pieces = splitValues(text.slice(at + 1));
  if (pieces === null) return fail("a bracket or quotation mark is not closed");
  if (pieces.some((piece) => piece === "")) return fail("a value is empty");
  const values = pieces.map((piece) => {
    try {
      return JSON.parse(piece) as unknown;
    } catch {
      return /^["[{]/.test(piece) ? fail(`${piece} is not valid JSON`) : piece;
    }
  });
  return { key, values };
}

/** Cuts at commas outside of JSON's brackets and strings; `null` when one is left open. */
function splitValues(text: string): string[] | null {
  const pieces: string[] = [];
  let piece = "";
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted && c === "\\") {
      piece += c + (text[++i] ?? "");
      continue;
    }
    // A quotation mark within a bare word is part of the word.
    if (c === '"' && (quoted || depth > 0 || piece.trim() === "")) quoted = !quoted;
    else if (!quoted && "[{".includes(c)) depth++;
    else if (!quoted && "]}".includes(c)) depth--;
    if (c === "," && depth === 0 && !quoted) {
      pieces.push(piece.trim());
      piece = "";
    } else piece += c;
  }
  return depth === 0 && !quoted ? [...pieces, piece.trim()] : null;
}

/**
 * Every combination of values, the last key changing fastest.
 * @throws UsageError when a key is varied twice
 */
export function combinations(variations: readonly Variation[]): CellValues[] {
  const keys = variations.map(({ key }) => key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) {
    throw new UsageError(`${twice} is varied twice`, {
      where: "--vary",
      remedy: "list all of its values in one apm-bench sweep --vary",
    });
  }
  return variations.reduce<CellValues[]>(
    (cells, { key, values }) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [key]: value }))),
    [{}],
  );
}

/** A value as people read it. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return value;
  const name = (value as { name?: unknown } | null)?.name;
  return typeof name === "string" ? name : JSON.stringify(value);
}

/** A cell in words: `users.train=200, historyLength=2`. */
export function shownCell(values: CellValues): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${shownValue(value)}`)
    .join(", ");
}
