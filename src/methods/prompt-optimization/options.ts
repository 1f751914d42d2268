import { z } from "zod";
import { PROJECTIONS } from "../../neural/jax/forward.ts";
import type { PreferenceLoss } from "../../neural/jax/preference.ts";

/** Options with the paper's settings as defaults (spec section 4.6); those it does not state are marked as ours. */
export const promptOptimizationOptions = z.strictObject({
  loss: z.enum(["dpo", "simpo"]).default("dpo").describe("what training minimises"),
  beta: z.number().positive().optional().meta({
    description: "scale of the rewards that the loss implies",
    unset: "0.1 for `dpo`, 2 for `simpo`",
  }),
  gamma: z.number().min(0).default(1).describe("the margin of `simpo`"),
  projector: z
    .enum(["linear", "mlp"])
    .default("linear")
    .describe("from the embedded history to the soft prompt"),
  softTokens: z.int().min(1).max(256).default(1).describe("vectors of the soft prompt"),
  rank: z.int().min(1).max(512).default(16).describe("of the LoRA adapter"),
  alpha: z
    .number()
    .positive()
    .default(32)
    .describe("scale of the LoRA adapter; its output is times alpha / rank"),
  dropout: z.number().min(0).max(0.9).default(0.05).describe("of the LoRA adapter's input"),
  targets: z
    .array(z.enum(PROJECTIONS))
    .min(1)
    .default(["q", "k", "v", "o"])
    .describe("projections that the LoRA adapter changes"),
  learningRate: z.number().positive().default(5e-5).describe("of AdamW, at its highest"),
  batchSize: z.int().min(1).default(8).describe("pairs of a step"),
  epochs: z.int().min(1).default(1).describe("times through the train users"),
  clipNorm: z.number().positive().default(1).describe("gradients are cut to this norm"),
  maxPromptTokens: z.int().min(8).default(1024).describe("longer prompts are cut"),
  maxAnswerTokens: z.int().min(1).default(1024).describe("longer answers are cut"),
  warmup: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe("share of the steps over which the learning rate rises (ours: the paper states none)"),
  weightDecay: z.number().min(0).default(0).describe("of AdamW (ours)"),
  patience: z
    .int()
    .min(1)
    .default(2)
    .describe("epochs without a better validation loss before training ends (ours)"),
});

export type PromptOptimizationOptions = z.output<typeof promptOptimizationOptions>;

export function lossOf({ loss, beta, gamma }: PromptOptimizationOptions): PreferenceLoss {
  return loss === "dpo" ? { kind: "dpo", beta: beta ?? 0.1 } : { kind: "simpo", beta: beta ?? 2, gamma };
}
