import { z } from "zod";
import { checkpointSteps, precision, trainerModel, trainerPlace } from "../trained/options.ts";

/** Settings of a fine-tuned encoder; the defaults are the paper's. */
export const encoderOptions = z.strictObject({
  trainer: trainerPlace,
  model: trainerModel.default("answerdotai/ModernBERT-base"),
  learningRate: z.number().positive().default(2e-5).describe("of AdamW, constant"),
  weightDecay: z.number().min(0).default(0.01).describe("of AdamW"),
  clipNorm: z.number().positive().default(1).describe("gradients are cut to this norm"),
  microBatch: z.int().min(1).default(4).describe("texts at once"),
  accumulate: z.int().min(1).default(4).describe("micro-batches of a step"),
  epochs: z.int().min(1).default(3).describe("times through the train users"),
  keep: z
    .enum(["last", "best"])
    .default("last")
    .describe("the epoch that is used; `best`: by validation loss (ours)"),
  maxTokens: z.int().min(8).default(8192).describe("longer histories are cut at their end"),
  precision: precision.default("float32"),
  gradientCheckpointing: z.boolean().default(false).describe("less memory, more time"),
  checkpointSteps,
});

export type EncoderOptions = z.output<typeof encoderOptions>;
