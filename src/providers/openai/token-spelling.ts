import type { TokenLogprob } from "../../core/ports/language-model.ts";
import type { ApiAlternative, ApiToken } from "./api-tokens.ts";

/** Bytes of a token or an alternative. */
type Spelling = (token: ApiAlternative) => Uint8Array;

/**
 * The tokens' characters by each way in which servers name tokens, the surest first: by bytes, given or in an escape;
 * as text; and as vocabularies write them.
 */
export function* spellings(tokens: readonly ApiToken[]): Generator<TokenLogprob[]> {
  for (const spelling of [byBytes, asText, asInVocabulary]) yield spelled(tokens, spelling);
}

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function asText({ token }: ApiAlternative): Uint8Array {
  return encoder.encode(token ?? "");
}

/** The bytes that are given, or that a name stands for: `\xf0\x9f`, `bytes:\xf0`, `<0xF0>`. */
function byBytes(one: ApiAlternative): Uint8Array {
  const { token, bytes } = one;
  const isUsable = Array.isArray(bytes) && bytes.length > 0 && bytes.every((byte) => byte >= 0 && byte < 256);
  if (isUsable) return Uint8Array.from(bytes as readonly number[]);
  const name = token ?? "";
  if (!/^(?:bytes:)?(?:\\x[0-9a-f]{2})+$|^<0x[0-9a-f]{2}>$/i.test(name)) return asText(one);
  return Uint8Array.from(
    [...name.matchAll(/x([0-9a-f]{2})/gi)].map(([, hex]) => Number.parseInt(hex as string, 16)),
  );
}

/** `Ġ7` and `▁7` for " 7", `Ċ` for a line's end. */
function asInVocabulary(token: ApiAlternative): Uint8Array {
  const name = token.token ?? "";
  return /[ĠĊ▁]/.test(name)
    ? encoder.encode(name.replace(/[Ġ▁]/g, " ").replaceAll("Ċ", "\n"))
    : byBytes(token);
}

function spelled(tokens: readonly ApiToken[], spelling: Spelling): TokenLogprob[] {
  const all: TokenLogprob[] = [];
  let pending = new Uint8Array();
  let before = 0;
  let top: { token: string; logprob: number }[] = [];
  tokens.forEach((token, i) => {
    for (const other of alternativesOf(token)) {
      const text = decoded(join(pending, spelling(other)));
      if (text !== null) top.push({ token: text, logprob: before + (other.logprob as number) });
    }
    pending = join(pending, spelling(token));
    before += isLogprob(token.logprob) ? token.logprob : Number.NEGATIVE_INFINITY;
    const text =
      decoded(pending) ?? (isIncomplete(pending) && i < tokens.length - 1 ? null : replaced(pending));
    if (text === null) return;
    all.push({ token: text, logprob: before, top });
    pending = new Uint8Array();
    before = 0;
    top = [];
  });
  return all;
}

/** Alternatives that have a probability: impossible ones, and what is no log-probability, weigh nothing. */
function alternativesOf({ top_logprobs: top }: ApiToken): ApiAlternative[] {
  return Array.isArray(top)
    ? top.filter((one): one is ApiAlternative => typeof one?.token === "string" && isLogprob(one.logprob))
    : [];
}

/** Rounding may put a certain token a trace above 0. */
const ABOVE_CERTAIN = 1e-3;

function isLogprob(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value < ABOVE_CERTAIN;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

function replaced(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** The bytes end inside a character, which later ones may complete. */
function isIncomplete(bytes: Uint8Array): boolean {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back;
  }
  return false;
}
