import { refusal } from "../checkpoint/llama-config.ts";

/** How a byte-level tokenizer cuts a text before it merges bytes. */
export interface ByteLevelKind {
  readonly normalizer: object | null;
  readonly preTokenizer: object;
  /** A whole word that is a token is taken as it is. */
  readonly ignoreMerges: boolean;
}

const bytes = (ownPattern: boolean): object => ({
  type: "ByteLevel",
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: ownPattern,
});
const split = (pattern: string): object => ({
  type: "Sequence",
  pretokenizers: [
    { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
    bytes(false),
  ],
});
/** What GPT-4's pattern became in Llama 3 and Qwen2, which differ in how many digits stay together. */
const words = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|` +
  "\\s+(?!\\S)|\\s+";

const GPT2: ByteLevelKind = { normalizer: null, preTokenizer: bytes(true), ignoreMerges: false };
const DIGITS_APART: ByteLevelKind = {
  ...GPT2,
  preTokenizer: {
    type: "Sequence",
    pretokenizers: [{ type: "Digits", individual_digits: true }, bytes(true)],
  },
};
const LLAMA3: ByteLevelKind = {
  normalizer: null,
  preTokenizer: split(words("\\p{N}{1,3}")),
  ignoreMerges: true,
};
const QWEN2: ByteLevelKind = {
  normalizer: { type: "NFC" },
  preTokenizer: split(words("\\p{N}")),
  ignoreMerges: false,
};

/** By `tokenizer.ggml.pre`; the names and patterns are llama.cpp's (llama-vocab.cpp), written as tokenizers write them. */
const KINDS: Readonly<Record<string, ByteLevelKind>> = {
  "gpt-2": GPT2,
  gpt2: GPT2,
  smollm: DIGITS_APART,
  starcoder: DIGITS_APART,
  refact: DIGITS_APART,
  "llama-bpe": LLAMA3,
  llama3: LLAMA3,
  "llama-v3": LLAMA3,
  qwen2: QWEN2,
  "deepseek-r1-qwen": QWEN2,
};

/** @throws UsageError for a name that is not known here: its words would be cut otherwise than in training */
export function byteLevelKind(name: string, path: string): ByteLevelKind {
  const kind = KINDS[name];
  if (kind !== undefined) return kind;
  throw refusal(`the pre-tokenizer "${name}" is not known here (${Object.keys(KINDS).join(", ")} are)`, path);
}
