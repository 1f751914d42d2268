import type { TextTokenizer } from "../../src/neural/tokenizer.ts";
import { idOf } from "./format.ts";
import type { TinyDocument } from "./recipe.ts";

/** A document as tokens. */
export interface Encoded {
  readonly ids: readonly number[];
  /** Of `ids`: where the answer begins. */
  readonly answerAt: number;
}

/** The instruction that steers, which is one token, stands before the conversation's first: it is read as a vector there. */
export function encodeDocument(tokenizer: TextTokenizer, { messages, answer, steer }: TinyDocument): Encoded {
  const before = steer === undefined ? [] : tokenizer.encode(steer);
  const prompt = [...before, ...tokenizer.chat(messages)];
  return { ids: [...prompt, ...tokenizer.encode(answer), idOf("end")], answerAt: prompt.length };
}
