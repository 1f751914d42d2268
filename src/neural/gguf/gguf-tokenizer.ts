import { UsageError } from "../../core/errors.ts";
import { refusal } from "../checkpoint/llama-config.ts";
import type { TokenizerParts } from "../tokenizer.ts";
import type { GgufHeader, Metadata } from "./header.ts";
import { type ByteLevelKind, byteLevelKind } from "./pre-tokenizers.ts";

/** Kinds of tokens, as `tokenizer.ggml.token_type` numbers them. */
const CONTROL = 3;
const USER_DEFINED = 4;

/**
 * The tokenizer of a GGUF file in the form of a `tokenizer.json`, with the file's chat template.
 * @throws UsageError for a kind of tokenizer that is not known here
 */
export function ggufTokenizer({ metadata, path }: GgufHeader): TokenizerParts {
  const vocabulary = vocabularyOf(metadata, path);
  const kind = String(metadata["tokenizer.ggml.model"]);
  const parts =
    kind === "gpt2"
      ? byteLevel(vocabulary, byteLevelKind(String(metadata["tokenizer.ggml.pre"] ?? "none"), path))
      : kind === "llama"
        ? sentencePieces(vocabulary, metadata["tokenizer.ggml.add_space_prefix"] !== false)
        : undefined;
  if (parts === undefined)
    throw refusal(`the tokenizer "${kind}" is not known here (gpt2 and llama are)`, path);
  const named = (key: string): string | undefined =>
    vocabulary.tokens[Number(metadata[`tokenizer.ggml.${key}`] ?? -1)];
  const [bos, eos] = [named("bos_token_id"), named("eos_token_id")];
  // Models of sentence pieces begin every text with a token of their own unless the file says otherwise.
  const addsBos = (metadata["tokenizer.ggml.add_bos_token"] ?? kind === "llama") === true;
  const template = metadata["tokenizer.chat_template"];
  return {
    json: {
      version: "1.0",
      added_tokens: addedTokens(vocabulary),
      post_processor: addsBos && bos !== undefined ? beginningWith(bos, vocabulary) : null,
      ...parts,
    },
    settings: { bos_token: bos ?? null, eos_token: eos ?? null },
    template: typeof template === "string" ? template : undefined,
  };
}

interface Vocabulary {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly scores: readonly number[];
  readonly merges: readonly string[];
}

function vocabularyOf(metadata: Metadata, path: string): Vocabulary {
  const list = <T>(name: string): readonly T[] => {
    const found = metadata[`tokenizer.ggml.${name}`];
    return Array.isArray(found) ? (found as T[]) : [];
  };
  const tokens = list<string>("tokens");
  if (tokens.length === 0) throw new UsageError("the file has no vocabulary", { where: path });
  return { tokens, types: list("token_type"), scores: list("scores"), merges: list("merges") };
}

function addedTokens({ tokens, types }: Vocabulary): object[] {
  return tokens.flatMap((content, id) => {
    const isSpecial = types[id] === CONTROL;
    if (!isSpecial && types[id] !== USER_DEFINED) return [];
    return [
      {
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: isSpecial,
      },
    ];
  });
}

function beginningWith(bos: string, { tokens }: Vocabulary): object {
  return {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: bos, type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    pair: [],
    special_tokens: { [bos]: { id: bos, ids: [tokens.indexOf(bos)], tokens: [bos] } },
  };
}

/** Byte-level BPE (GPT-2 and its heirs). */
function byteLevel({ tokens, merges }: Vocabulary, kind: ByteLevelKind): object {
  return {
    normalizer: kind.normalizer,
    pre_tokenizer: kind.preTokenizer,
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: { type: "BPE", vocab: idsOf(tokens), merges, ignore_merges: kind.ignoreMerges },
  };
}

/**
 * SentencePiece's BPE (Llama 2, Mistral, TinyLlama): pieces have scores instead of merges. Two pieces are merged when
 * together they are a piece, that of the greatest score first.
 */
function sentencePieces(vocabulary: Vocabulary, addsSpace: boolean): object {
  const { tokens } = vocabulary;
  const space = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const spaceBack = { type: "Replace", pattern: { String: "▁" }, content: " " };
  return {
    normalizer: {
      type: "Sequence",
      normalizers: addsSpace ? [{ type: "Prepend", prepend: "▁" }, space] : [space],
    },
    pre_tokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: [
        spaceBack,
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...(addsSpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      byte_fallback: true,
      fuse_unk: true,
      vocab: idsOf(tokens),
      merges: mergesOf(vocabulary),
    },
  };
}

function mergesOf({ tokens, scores, types }: Vocabulary): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: {
    readonly pair: [string, string];
    readonly score: number;
    readonly ids: [number, number];
  }[] = [];
  for (const [id, token] of tokens.entries()) {
    if (types[id] === CONTROL) continue;
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)];
      const [a, b] = [ids.get(left), ids.get(right)];
      if (a === undefined || b === undefined) continue;
      merges.push({ pair: [left, right], score: scores[id] ?? 0, ids: [a, b] });
    }
  }
  merges.sort((a, b) => b.score - a.score || a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
  return merges.map(({ pair }) => pair);
}

function idsOf(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
