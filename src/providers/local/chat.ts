import { ProviderError, UsageError } from "../../core/errors.ts";
import { canonicalJson, fingerprint as fingerprintOf } from "../../core/hash.ts";
import type {
  GenerateRequest,
  GenerateResult,
  LanguageModel,
  TokenLogprob,
} from "../../core/ports/language-model.ts";
import { fold, rootKey } from "../../core/random.ts";
import { type Generated, promptLength } from "../../neural/decoder/jobs.ts";
import type { TextTokenizer } from "../../neural/tokenizer.ts";
import type { ApiToken } from "../openai/api-tokens.ts";
import { endToken, visibleTokens } from "../openai/logprobs.ts";
import { splitReasoning } from "../openai/visible-text.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type LocalSettings, MOST_TOKENS, samplingOf } from "./settings.ts";

/** Changes whenever the same request would be answered differently: part of every content key. */
const VERSION = 1;
/** How a checkpoint was changed. */
export interface Adaptation {
  /** Stands for the changed weights, which the checkpoint's pool computes with. */
  readonly weights: string;
  /** Embeddings before every prompt, n x hiddenSize. */
  readonly rows: Float32Array;
}

/**
 * A checkpoint as a chat model. A draw's randomness comes from the model's identity, the messages and the sample
 * number: the same request has the same answer at any concurrency.
 * @throws UsageError when the checkpoint has no chat template
 */
export function localChatModel(
  checkpoint: Checkpoint,
  settings: LocalSettings,
  adaptation?: Adaptation,
): LanguageModel {
  const { tokenizer, config, generation, fingerprint } = checkpoint;
  if (!tokenizer.hasChatTemplate) tokenizer.chatText([]);
  const { seed, stop = [], maxTokens: ownLimit = MOST_TOKENS } = settings;
  const sampling = samplingOf(settings, generation);
  const id = `local:${settings.model}`;
  const adapted = adaptation && { weights: adaptation.weights, rows: hashOf(adaptation.rows) };
  const identity = `local@${VERSION} ${canonicalJson({ fingerprint, ...sampling, seed, stop, maxTokens: ownLimit, adapted })}`;
  const before = adaptation === undefined ? [] : [adaptation.rows];
  const root = fold(rootKey("apm-bench/local"), identity);
  return {
    id,
    identity,
    simulated: false,
    deterministic: sampling.temperature === 0,
    maxTokens: ownLimit,
    countTokens: (text) => tokenizer.encode(text).length,
    numberForms: ["mask"],
    async generate(request) {
      const { messages, sample, maxTokens = ownLimit, topLogprobs, held, stop: marks = [] } = request;
      const prompt = promptOf(request, tokenizer, id);
      const pool = poolOf(checkpoint, id);
      const inputTokens = promptLength([...before, prompt], config.hiddenSize);
      const room = pool.longest - inputTokens;
      if (room <= 0) throw tooLong(inputTokens, pool.longest, id, request);
      let key = fold(root, sample);
      for (const { role, content } of messages) key = fold(fold(key, role), content);
      const job = {
        kind: "generate",
        prompt: [...before, prompt],
        maxTokens: Math.min(maxTokens, room),
        stopIds: config.eosTokenIds,
        sampling,
        key,
        ...(topLogprobs === undefined ? {} : { topLogprobs }),
        ...(held?.form === undefined ? {} : { among: numbersTo(held.max, tokenizer) }),
      } as const;
      const generated = await pool.run(job).catch((cause: Error) => {
        throw failed(cause, id);
      });
      return resultOf(generated, inputTokens, [...stop, ...marks], tokenizer);
    },
  };
}

/** The whole numbers from 1 on, as the tokenizer spells them. */
function numbersTo(max: number, tokenizer: TextTokenizer): number[][] {
  return Array.from({ length: max }, (_, i) => tokenizer.encode(String(i + 1)));
}

function hashOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return fingerprintOf(Buffer.from(buffer, byteOffset, byteLength).toString("latin1"), 32);
}

function promptOf({ messages }: GenerateRequest, tokenizer: TextTokenizer, id: string): number[] {
  try {
    return tokenizer.chat(messages);
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    const { where, remedy } = cause;
    throw new ProviderError(`${id}: ${cause.message}`, {
      failure: "fatal",
      ...(where === undefined ? {} : { where }),
      ...(remedy === undefined ? {} : { remedy }),
      cause,
    });
  }
}

/** @throws ProviderError that ends the run when the weights cannot be read or held */
export function poolOf(checkpoint: Checkpoint, id: string): ReturnType<Checkpoint["pool"]> {
  try {
    return checkpoint.pool();
  } catch (cause) {
    throw failed(cause as Error, id);
  }
}

export function failed(cause: Error, id: string): ProviderError {
  return new ProviderError(`${id}: ${cause.message}`, {
    failure: "fatal",
    remedy:
      "check the checkpoint and the free memory with `apm-bench doctor`; options.threads takes fewer threads",
    cause,
  });
}

function tooLong(length: number, longest: number, id: string, { messages }: GenerateRequest): ProviderError {
  return new ProviderError(`${id}: a prompt of ${length} tokens does not fit into ${longest} positions`, {
    failure: "request",
    where: `${messages.length} messages, beginning "${messages[0]?.content.slice(0, 60)}"`,
    remedy: "use a checkpoint with a longer context, a shorter history or fewer examples",
  });
}

function resultOf(
  generated: Generated,
  inputTokens: number,
  stop: readonly string[],
  tokenizer: TextTokenizer,
): GenerateResult {
  const { ids, steps, choices } = generated;
  const raw = tokenizer.decode(ids);
  const cut = Math.min(...stop.map((mark) => raw.indexOf(mark)).filter((at) => at >= 0));
  const isCut = Number.isFinite(cut);
  const { text, reasoning } = splitReasoning(isCut ? raw.slice(0, cut) : raw);
  const logprobs = choices && logprobsOf(tokensOf(ids, choices, tokenizer), ids.length, text);
  return {
    text,
    finishReason: isCut ? "stop" : generated.finishReason,
    usage: { inputTokens, outputTokens: steps },
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}

/** Of the visible text, and of the token that ended it where it is told. */
function logprobsOf(tokens: readonly ApiToken[], written: number, text: string): TokenLogprob[] {
  const visible = visibleTokens(tokens.slice(0, written), text) ?? [];
  const end = tokens.length > written && visible.length > 0 ? endToken(tokens) : undefined;
  return end === undefined ? visible : [...visible, end];
}

function tokensOf(
  ids: readonly number[],
  choices: NonNullable<Generated["choices"]>,
  tokenizer: TextTokenizer,
): ApiToken[] {
  const pieces = tokenizer.pieces(ids);
  return choices.map(({ logprob, top }, i) => ({
    // What ended an answer spells nothing.
    token: pieces[i] ?? "",
    logprob,
    top_logprobs: top.map((other) => ({ token: tokenizer.tokenText(other.id), logprob: other.logprob })),
  }));
}
