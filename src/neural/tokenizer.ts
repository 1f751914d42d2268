import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Template } from "@huggingface/jinja";
import type { Tokenizer } from "@huggingface/tokenizers";
import { UsageError } from "../core/errors.ts";
import type { ChatMessage } from "../core/ports/language-model.ts";
import { readJson } from "./checkpoint/weights.ts";

/** A checkpoint's way between texts and token ids. */
export interface TextTokenizer {
  /** Highest token id + 1. */
  readonly size: number;
  readonly hasChatTemplate: boolean;
  /**
   * @param special whether the tokens that the checkpoint puts around every text (such as a beginning of text) are added
   */
  encode(text: string, special?: boolean): number[];
  /** The text without special tokens, nothing tidied; an incomplete character at the end is U+FFFD. */
  decode(ids: readonly number[]): string;
  /**
   * What each token adds to the text; together they spell `decode(ids)`. The tokens of a character that takes several
   * are empty up to the one that completes it.
   */
  pieces(ids: readonly number[]): string[];
  /** One token by itself, special ones by name. */
  tokenText(id: number): string;
  /** Messages as the prompt of an answer, by the checkpoint's chat template. @throws UsageError */
  chat(messages: readonly ChatMessage[]): number[];
  /** The same as text. @throws UsageError when there is no template, or it refuses these messages */
  chatText(messages: readonly ChatMessage[]): string;
}

// Loaded when a checkpoint is: runs without one do not wait for them.
const require = createRequire(import.meta.url);
const tokenizers = (): typeof import("@huggingface/tokenizers") => require("@huggingface/tokenizers");
const jinja = (): typeof import("@huggingface/jinja") => require("@huggingface/jinja");

export interface TokenizerSettings {
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[];
  readonly bos_token?: SpecialToken;
  readonly eos_token?: SpecialToken;
}
type SpecialToken = string | { readonly content: string } | null;

/**
 * Some templates print the current date unless they are told one: prompts must not change overnight. This is the one
 * they themselves fall back to.
 */
const TEMPLATE_DATE = "26 Jul 2024";
/** Zero width: it parts the letters of a control token without changing what is read. */
const SEPARATOR = "\u200b";

/** Reads `tokenizer.json`, `tokenizer_config.json` and `chat_template.jinja`. @throws UsageError */
export function loadTokenizer(folder: string): TextTokenizer {
  const path = join(folder, "tokenizer.json");
  const json = readJson(path) as object;
  const settingsPath = join(folder, "tokenizer_config.json");
  const settings = (existsSync(settingsPath) ? readJson(settingsPath) : {}) as TokenizerSettings;
  return makeTokenizer({ json, settings, template: templateOf(folder, settings) }, path, folder);
}

export interface TokenizerParts {
  /** In the form of a `tokenizer.json`. */
  readonly json: object;
  readonly settings: TokenizerSettings;
  /** The chat template (Jinja). */
  readonly template: string | undefined;
}

/**
 * A tokenizer of its parts.
 * @param where the file that they come from, for errors
 * @param folder what the template's errors name
 * @throws UsageError for parts that cannot be used
 */
export function makeTokenizer(
  { json, settings, template: source }: TokenizerParts,
  where: string,
  folder = where,
): TextTokenizer {
  let tokenizer: Tokenizer;
  try {
    tokenizer = new (tokenizers().Tokenizer)(withAllDigits(json), {
      ...settings,
      clean_up_tokenization_spaces: false,
    });
  } catch (cause) {
    throw new UsageError(`the tokenizer cannot be used: ${(cause as Error).message}`, { where, cause });
  }
  const template = source === undefined ? undefined : compile(source, folder);
  const controls = [...tokenizer.get_added_tokens_decoder().values()]
    .filter((token) => token.special)
    .map((token) => token.content);
  const encode = (text: string, special = false): number[] =>
    text === "" && !special ? [] : tokenizer.encode(text, { add_special_tokens: special }).ids;
  const decode = (ids: readonly number[]): string =>
    ids.length === 0 ? "" : tokenizer.decode([...ids], { skip_special_tokens: true });
  const chatText = (messages: readonly ChatMessage[]): string => {
    if (template === undefined) {
      throw new UsageError("the checkpoint has no chat template", {
        where: folder,
        remedy: "use an instruction-tuned checkpoint, or put its template into chat_template.jinja",
      });
    }
    try {
      return template.render({
        messages: messages.map(({ role, content }) => ({ role, content: defused(content, controls) })),
        add_generation_prompt: true,
        bos_token: nameOf(settings.bos_token),
        eos_token: nameOf(settings.eos_token),
        date_string: TEMPLATE_DATE,
      });
    } catch (cause) {
      throw new UsageError(`the chat template refuses these messages: ${(cause as Error).message}`, {
        where: `${folder} (roles: ${messages.map((m) => m.role).join(", ")})`,
        remedy: "use a checkpoint whose template takes a system message, or change chat_template.jinja",
        cause,
      });
    }
  };
  return {
    size: highest(tokenizer.get_vocab(true).values()) + 1,
    hasChatTemplate: template !== undefined,
    encode,
    decode,
    pieces: (ids) => piecesOf(ids, decode),
    tokenText: (id) => tokenizer.decode([id], { skip_special_tokens: false }),
    chatText,
    chat: (messages) => encode(chatText(messages)),
  };
}

/** A vocabulary is too long for the arguments of `Math.max`. */
function highest(ids: Iterable<number>): number {
  let most = -1;
  for (const id of ids) if (id > most) most = id;
  return most;
}

/**
 * The step "Digits" parts numbers of every script, as Rust's tokenizers do (`char::is_numeric`); the library's own
 * step knows only 0 to 9.
 */
function withAllDigits(json: object): object {
  const { pre_tokenizer: first } = json as { readonly pre_tokenizer?: PreTokenizer | null };
  const replaced = (step: PreTokenizer): PreTokenizer => {
    if (step.pretokenizers !== undefined) return { ...step, pretokenizers: step.pretokenizers.map(replaced) };
    if (step.type !== "Digits") return step;
    const Regex = step.individual_digits === true ? "\\p{N}" : "\\p{N}+";
    return { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false };
  };
  return first ? { ...json, pre_tokenizer: replaced(first) } : json;
}

interface PreTokenizer {
  readonly type: string;
  readonly pretokenizers?: readonly PreTokenizer[];
  readonly [key: string]: unknown;
}

function piecesOf(ids: readonly number[], decode: (ids: readonly number[]) => string): string[] {
  const pieces: string[] = [];
  let told = "";
  for (let i = 1; i <= ids.length; i++) {
    const text = decode(ids.slice(0, i));
    const stable = i === ids.length ? text : text.replace(/\ufffd+$/, "");
    const isLonger = stable.length > told.length && stable.startsWith(told);
    pieces.push(isLonger ? stable.slice(told.length) : "");
    if (isLonger) told = stable;
  }
  return pieces;
}

/** A text that names a control token (the end of a turn, say) must not act as one. */
function defused(content: string, controls: readonly string[]): string {
  let safe = content;
  for (const control of controls) {
    if (control.length < 2) continue;
    safe = safe.replaceAll(control, `${control.slice(0, 1)}${SEPARATOR}${control.slice(1)}`);
  }
  return safe;
}

function templateOf(folder: string, { chat_template: inline }: TokenizerSettings): string | undefined {
  const file = join(folder, "chat_template.jinja");
  if (existsSync(file)) return readFileSync(file, "utf8");
  if (typeof inline === "string" || inline === undefined) return inline;
  return (inline.find(({ name }) => name === "default") ?? inline[0])?.template;
}

function compile(source: string, folder: string): Template {
  try {
    return new (jinja().Template)(source);
  } catch (cause) {
    throw new UsageError(`the chat template cannot be read: ${(cause as Error).message}`, {
      where: folder,
      cause,
    });
  }
}

function nameOf(token: SpecialToken | undefined): string {
  return typeof token === "string" ? token : (token?.content ?? "");
}
