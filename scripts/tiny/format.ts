import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { POOL_NAMES, poolNamed } from "../../src/catalog/pools.ts";
import { type StyleLabel, styleLabels } from "../../src/core/artifacts.ts";
import { prompts } from "../../src/core/prompt/prompts.ts";
import { renderPart } from "../../src/core/prompt/template.ts";
import type { BpeModel } from "./bpe.ts";

/** Where the checkpoint lies, seen from the root of the repository. */
export const FOLDER = "models/tiny";

/** Tokens that are no text; they come first in the vocabulary. */
export const SPECIAL = {
  pad: "<|pad|>",
  begin: "<|begin|>",
  end: "<|end|>",
  system: "<|system|>",
  user: "<|user|>",
  assistant: "<|assistant|>",
} as const;
const SPECIAL_TOKENS: readonly string[] = Object.values(SPECIAL);
export const idOf = (token: keyof typeof SPECIAL): number => SPECIAL_TOKENS.indexOf(SPECIAL[token]);

/** Every style label of the pools that ship. */
export const LABELS: readonly StyleLabel[] = styleLabels([
  ...new Set(POOL_NAMES.flatMap((name) => poolNamed(name).principles)),
]);

/** The system message that asks for a style. */
export function instructionOf(label: StyleLabel): string {
  return renderPart(prompts.respond, label.direction, { principle: label.principle });
}

/**
 * Texts that are one token each, in the last places of the vocabulary: the instructions for these labels, and the fixed
 * wording of the other prompts that the benchmark sends. Spelled in words, "follow" and "avoid" and a principle's name
 * tell nothing each by itself, and an earlier network of this size did not learn to put them together.
 */
export const PHRASES: readonly string[] = [...LABELS.map(instructionOf), ...fixedWording()];

function fixedWording(): string[] {
  const { ragExemplar, ragSummary, inContext, summariseManner, summarisePreference } = prompts;
  const systems = [ragExemplar, ragSummary, inContext, summariseManner, summarisePreference].map(
    (prompt) => prompt.messages[0]?.content.literals[0] as string,
  );
  const marks = ["message", "liked", "disliked"].flatMap((name) => [`<${name}-`, `</${name}-`]);
  return [...systems, ...marks];
}

/** Digits one by one, line breaks, punctuation, words with a space before and their apostrophes, other space. */
export const WORD_PATTERN = String.raw` ?\p{N}|\n+| ?[^\s\p{L}\p{N}]+| ?\p{L}+(?:'\p{L}+)*|\s+`;

/** Every message behind its role; an answer ends with its own token. */
const CHAT_TEMPLATE =
  "{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}" +
  "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/** `config.json`: 1.05 million parameters. */
export const CONFIG = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  vocab_size: 2048,
  hidden_size: 128,
  intermediate_size: 384,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  hidden_act: "silu",
  max_position_embeddings: 2048,
  rope_theta: 10000,
  rope_scaling: null,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  attention_bias: false,
  mlp_bias: false,
  attention_dropout: 0,
  initializer_range: 0.05,
  bos_token_id: idOf("begin"),
  eos_token_id: idOf("end"),
  pad_token_id: idOf("pad"),
  torch_dtype: "float16",
  use_cache: true,
} as const;

/** Merged tokens that a tokenizer of this size has room for. */
export const BPE_SIZE = CONFIG.vocab_size - SPECIAL_TOKENS.length - PHRASES.length;

/** The `tokenizer.json` of Hugging Face's tokenizers for a byte-level BPE. */
function tokenizerJson({ tokens, merges }: BpeModel): unknown {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [...SPECIAL_TOKENS, ...PHRASES].map((content, i) => {
      const special = i < SPECIAL_TOKENS.length;
      const id = special ? i : CONFIG.vocab_size - PHRASES.length + i - SPECIAL_TOKENS.length;
      return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
    }),
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: WORD_PATTERN }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...SPECIAL_TOKENS, ...tokens].map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
}

const TOKENIZER_CONFIG = {
  tokenizer_class: "PreTrainedTokenizerFast",
  bos_token: SPECIAL.begin,
  eos_token: SPECIAL.end,
  pad_token: SPECIAL.pad,
  add_bos_token: false,
  add_eos_token: false,
  clean_up_tokenization_spaces: false,
  model_max_length: CONFIG.max_position_embeddings,
  chat_template: CHAT_TEMPLATE,
};

const GENERATION_CONFIG = {
  bos_token_id: CONFIG.bos_token_id,
  eos_token_id: CONFIG.eos_token_id,
  pad_token_id: CONFIG.pad_token_id,
  do_sample: false,
};

/** Writes everything of the checkpoint but its weights and its card. */
export function writeDescription(model: BpeModel, folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const files = {
    "config.json": CONFIG,
    "generation_config.json": GENERATION_CONFIG,
    "tokenizer.json": tokenizerJson(model),
    "tokenizer_config.json": TOKENIZER_CONFIG,
  };
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 1)}\n`);
}
