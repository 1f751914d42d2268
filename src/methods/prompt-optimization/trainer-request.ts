import type { TrainUser } from "../../core/artifacts.ts";
import { TRAINER_PROTOCOL, type TrainerQuestion, type TrainerRequest } from "../../core/ports/trainer.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import { unitLength } from "../../neural/training/soft-rows.ts";
import type { MethodContext } from "../method.ts";
import { bestAndWorst } from "../retrieval/neighbours.ts";
import { seedOf } from "../trained/job.ts";
import { optimizerOf, type PromptOptimizationOptions } from "./options.ts";

/** Pairs as a trainer takes them: texts, which it encodes itself. */
export interface TextPair {
  readonly id: string;
  /** The embedded history. */
  readonly embedded: string;
  readonly prompt: readonly { readonly role: string; readonly content: string }[];
  readonly chosen: string;
  readonly rejected: string;
}

/** The best and the worst candidate of every user whose rewards tell them apart, neither of them empty. */
export function textPairs(users: readonly TrainUser[], embedded: readonly Float32Array[]): TextPair[] {
  return users.flatMap((user, i) => {
    const pair = bestAndWorst(user);
    const [chosen = "", rejected = ""] = pair === null ? [] : [pair.liked.trim(), pair.disliked.trim()];
    if (chosen === "" || rejected === "") return [];
    const { id, prompt } = user;
    return [
      { id, embedded: encoded(embedded[i] as Float32Array), prompt: plainMessages(prompt), chosen, rejected },
    ];
  });
}

/** An embedded history at length 1, as base64 of little-endian 32-bit floats. */
export function encoded(embedded: Float32Array): string {
  const { buffer, byteOffset, byteLength } = unitLength(embedded);
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

/**
 * What is trained, in the protocol's words: settings that the in-process training has, under the same names.
 * @param answers questions that are answered at once when the training is done
 */
export function softPromptRequest(
  options: PromptOptimizationOptions,
  model: TrainerRequest["model"],
  pairs: { readonly train: readonly TextPair[]; readonly validation: readonly TextPair[] },
  { embedder, key }: Pick<MethodContext, "embedder" | "key">,
  answers?: readonly TrainerQuestion[],
): TrainerRequest {
  const {
    trainer: _place,
    model: _model,
    vllm: _vllm,
    answers: _how,
    answerTokens: _most,
    beta,
    precision = "auto",
    microBatch = 1,
    gradientCheckpointing = true,
    checkpointSteps = 50,
    ...settings
  } = options;
  return {
    protocol: TRAINER_PROTOCOL,
    kind: "soft-prompt",
    model,
    data: {
      embedder: { id: embedder.id, identity: embedder.identity },
      ...pairs,
      ...(answers === undefined ? {} : { answers: { requests: answers } }),
    },
    settings: {
      ...settings,
      ...optimizerOf(options),
      ...(beta === undefined ? {} : { beta }),
      precision,
      microBatch,
      gradientCheckpointing,
      checkpointSteps,
    },
    seed: seedOf(key),
  };
}
