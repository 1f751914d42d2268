import type { ChatMessage, LanguageModel } from "../../src/core/ports/language-model.ts";
import { rootKey } from "../../src/core/random.ts";
import { loadConfig, loadWeights } from "../../src/neural/checkpoint/weights.ts";
import type { Prompt } from "../../src/neural/decoder/jobs.ts";
import { placeModel } from "../../src/neural/decoder/placed.ts";
import { type DecoderPool, openDecoderPool } from "../../src/neural/decoder/pool.ts";
import { GREEDY } from "../../src/neural/decoder/sample.ts";
import { loadTokenizer } from "../../src/neural/tokenizer.ts";
import { encodeDocument } from "./encoding.ts";
import type { TinyDocument } from "./recipe.ts";

/** Tokens of an answer at most: longer than nearly all that the model was trained on. */
const LONGEST = 320;

/** Whoever answers: the student, or its teacher beside it. */
export interface Speaker {
  answer(messages: readonly ChatMessage[]): Promise<string>;
}

/** The checkpoint, with what a measurement asks besides answers. */
export interface Student extends Speaker {
  /** An answer with the embedding of an instruction before the conversation. */
  steered(messages: readonly ChatMessage[], instruction: string): Promise<string>;
  /** Negative log-probability of each token of a document's answer and its end, in nats. */
  losses(document: TinyDocument): Promise<readonly number[]>;
  /** Of the answers given so far: how many there were, how many ended by themselves, their tokens together. */
  tally(): { readonly answers: number; readonly ended: number; readonly tokens: number };
  close(): Promise<void>;
}

/** Greedy answers of a checkpoint folder. */
export function studentOf(folder: string, threads: number): Student {
  const config = loadConfig(folder);
  const tokenizer = loadTokenizer(folder);
  const weights = loadWeights(folder, config);
  const pool: DecoderPool = openDecoderPool(placeModel(config, weights), { threads });
  const tally = { answers: 0, ended: 0, tokens: 0 };

  const say = async (prompt: Prompt): Promise<string> => {
    const { ids, finishReason } = await pool.run({
      kind: "generate",
      prompt,
      maxTokens: LONGEST,
      stopIds: config.eosTokenIds,
      sampling: GREEDY,
      key: rootKey(0),
    });
    tally.answers++;
    tally.tokens += ids.length;
    if (finishReason === "stop") tally.ended++;
    return tokenizer.decode(ids).trim();
  };
  return {
    answer: (messages) => say([tokenizer.chat(messages)]),
    steered: (messages, instruction) => say([tokenizer.encode(instruction), tokenizer.chat(messages)]),
    async losses(document) {
      const { ids, answerAt } = encodeDocument(tokenizer, document);
      const prompt = [ids.slice(0, answerAt)];
      const scores = await pool.run({ kind: "score", prompt, continuation: ids.slice(answerAt) });
      return Array.from(scores, (x) => -x);
    },
    tally: () => ({ ...tally }),
    close: () => pool.close(),
  };
}

/** Any language model as a speaker. */
export function speakerOf(model: LanguageModel): Speaker {
  return { answer: async (messages) => (await model.generate({ messages, sample: 0 })).text.trim() };
}
