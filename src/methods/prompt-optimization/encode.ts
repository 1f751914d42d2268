import type { TrainUser } from "../../core/artifacts.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import type { EncodedPair } from "../../neural/training/pairs.ts";
import { unitLength } from "../../neural/training/soft-rows.ts";
import type { TunableModel } from "../../neural/tunable.ts";
import { bestAndWorst } from "../retrieval/neighbours.ts";

export interface Limits {
  readonly maxPromptTokens: number;
  readonly maxAnswerTokens: number;
  readonly softTokens: number;
  readonly keepPrompt?: "end" | "beginning";
}

/**
 * The best and the worst candidate of every user whose rewards tell them apart, as tokens. A prompt that is too long
 * keeps its end, where the answer is asked for, or its beginning (`keepPrompt`); an answer that is too long keeps its beginning, without the token that
 * ends it.
 * @param embedded the users' embedded histories, in their order
 */
export function encodePairs(
  users: readonly TrainUser[],
  embedded: readonly Float32Array[],
  { tokenizer, config }: Pick<TunableModel, "tokenizer" | "config">,
  { maxPromptTokens, maxAnswerTokens, softTokens, keepPrompt }: Limits,
): EncodedPair[] {
  const end = config.eosTokenIds.slice(0, 1);
  const answerRoom = Math.min(maxAnswerTokens, Math.floor((config.maxPositions - softTokens) / 2));
  const answer = (text: string): number[] => [...tokenizer.encode(text.trim()), ...end].slice(0, answerRoom);
  return users.flatMap((user, i) => {
    const pair = bestAndWorst(user);
    if (pair === null) return [];
    const [chosen, rejected] = [answer(pair.liked), answer(pair.disliked)];
    if (chosen.length === 0 || rejected.length === 0) return [];
    const room = config.maxPositions - softTokens - Math.max(chosen.length, rejected.length);
    const most = Math.min(maxPromptTokens, room);
    const whole = tokenizer.chat(plainMessages(user.prompt));
    const prompt = keepPrompt === "beginning" ? whole.slice(0, most) : whole.slice(-most);
    return [{ embedded: unitLength(embedded[i] as Float32Array), prompt, chosen, rejected }];
  });
}
