/** How models mark their reasoning where the server has not taken it out, and how they mark the answer behind it. */
export interface BlockMarks {
  /** Sticky and global patterns share this source. */
  readonly open: string;
  readonly close: string;
  /** The closing mark means something else in texts of which it closes no block that is seen to be opened. */
  readonly isPairOnly?: boolean;
}

/** Names of tags around reasoning: DeepSeek, Qwen, GLM and most others; EXAONE, Gemini; Seed-OSS, LongCat; prompts of people. */
const TAGS =
  "(?:[a-z]+[:_])?think(?:ing)?|(?:inner_|internal_)?thoughts?|reasoning|reason|reflection|analysis|scratchpad|inner_monologue|chain_of_thought|cot|antthinking|thought_process|deliberation|monologue";
/** The same as special tokens: Cohere, Sky-T1, Apertus, and their like. */
const TOKENS = "think(?:ing)?|thoughts?|reason(?:ing)?";

export const BLOCKS: readonly BlockMarks[] = [
  { open: `<\\s*(?:${TAGS})(?:\\s[^<>]*)?>`, close: `<\\s*/\\s*(?:${TAGS})\\s*>` },
  // Mistral.
  { open: "\\[THINK(?:ING)?\\]", close: "\\[/THINK(?:ING)?\\]" },
  // Kimi.
  { open: "[◁⟨]think[▷⟩]", close: "[◁⟨]/think[▷⟩]" },
  // Gemma 4, and earlier ones by unused tokens.
  {
    open: "<\\|channel>[ \\t]*(?:thought|analysis)?|<unused94>(?:thought)?",
    close: "<channel\\|>|<unused95>",
  },
  {
    open: `<[|｜](?:(?:begin|start)_?(?:of_)?)?(?:${TOKENS})(?:_(?:start|begin))?[|｜]>|<\\|inner_prefix\\|>`,
    close: `<[|｜](?:/|end_?(?:of_)?)(?:${TOKENS})[|｜]>|<[|｜](?:${TOKENS})_end[|｜]>|<\\|inner_suffix\\|>`,
  },
  // Chat front ends.
  { open: '<details\\s+type="reasoning"[^<>]*>', close: "</details>", isPairOnly: true },
  // Granite 3.
  { open: "Here(?: is|'s) my thought process:", close: "Here(?: is|'s) my response:", isPairOnly: true },
  // Ollama's terminal.
  { open: "Thinking\\.\\.\\.\\n", close: "\\.\\.\\.done thinking\\.", isPairOnly: true },
];

/** Special tokens around an answer: GLM, Cohere, Sky-T1. They are no part of it. */
export const ANSWER_TOKENS =
  /<[|｜](?:(?:begin|end)_of_(?:box|solution)|(?:START|END)_(?:RESPONSE|TEXT)|(?:begin|end)_of_(?:answer|response))[|｜]>/gi;

/** A tag around the whole answer, behind reasoning alone: Hunyuan, ERNIE, Granite. */
export const ANSWER_TAG =
  /^\s*<(answer|response|output|final|final_answer|solution)>([\s\S]*?)(?:<\/\1>\s*)?$/di;

/** What ends a turn. */
export const TURN_END =
  /(?:\s*<[|｜](?:im_end|eot_id|end|return|endoftext|end_of_text|END_OF_TURN_TOKEN|end▁of▁sentence)[|｜]>|\s*<\/s>|\s*<end_of_turn>|\s*<turn\|>|\s*<eos>)+\s*$/i;

/** Beginnings of marks, of which an answer that was cut may show a part. */
// biome-ignore format: words
export const MARK_BEGINNINGS: readonly string[] = [
  "<think>", "<thinking>", "<thought>", "<reasoning>", "<seed:think>", "</think>", "</thinking>", "</thought>", "</reasoning>", "[THINK]", "[/THINK]", "◁think▷", "◁/think▷", "<|channel|>analysis<|message|>", "<|channel>thought",
  "<|START_THINKING|>", "<|END_THINKING|>", "<|start|>assistant",
];
