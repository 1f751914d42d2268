import { z } from "zod";
import { webAddress } from "../../core/config/model-schema.ts";
import { PROJECTIONS } from "../../neural/jax/forward.ts";
import type { PreferenceLoss } from "../../neural/jax/preference.ts";
import type { ChangedSampling } from "../../neural/tunable.ts";
import { precision, trainerModel, trainerPlace } from "../trained/options.ts";

/** What only a trainer outside of the process knows. */
const outside = {
  model: trainerModel.optional().meta({
    description: "where the trainer finds the base LLM",
    unset: "as `models.base`",
  }),
  precision: precision.optional().meta({
    description: "of the frozen base LLM at the trainer; `auto`: bfloat16 where the GPU has it",
    unset: "`auto`",
  }),
  microBatch: z.int().min(1).optional().meta({
    description: "pairs at once at the trainer, which changes no result but for rounding",
    unset: "1",
  }),
  gradientCheckpointing: z.boolean().optional().meta({
    description: "less memory at the trainer, more time",
    unset: "true",
  }),
  vllm: z
    .strictObject({
      url: webAddress.describe("root of its API, such as http://localhost:8000/v1"),
      checkpoint: z
        .string()
        .min(1)
        .describe("folder of the base LLM here: its tokenizer and single embedding rows are read"),
    })
    .optional()
    .meta({
      description:
        "has the test users answered by a vLLM that serves the merged checkpoint and takes prompt embeddings",
      unset: "the trainer answers",
    }),
  checkpointSteps: z.int().min(1).optional().meta({
    description: "steps between two checkpoints of the trainer",
    unset: "50",
  }),
};
/** Their names. */
export const OUTSIDE_ONLY = Object.keys(outside) as readonly (keyof typeof outside)[];

/** Options with the paper's settings as defaults (spec section 4.6); those it does not state are marked as ours. */
export const promptOptimizationOptions = z.strictObject({
  trainer: trainerPlace.optional().meta({
    description:
      "who trains: address of `apm-trainer serve`, or `folder:PATH` for jobs that are carried out elsewhere",
    unset: "this process does, on the CPU",
  }),
  ...outside,
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
  keepPrompt: z
    .enum(["end", "beginning"])
    .default("end")
    .describe(
      "what is kept of a longer prompt; the paper keeps the beginning, which can lose where the answer begins",
    ),
  optimizer: z
    .enum(["ours", "paper"])
    .default("ours")
    .describe("what holds for the next four where they are not set"),
  schedule: z.enum(["linear", "constant"]).optional().meta({
    description: "of the learning rate after its rise: `linear` falls to zero",
    unset: "`linear`; `constant` with `optimizer: paper`",
  }),
  warmup: z.number().min(0).max(1).optional().meta({
    description: "share of the steps over which the learning rate rises",
    unset: "0.1; 0 with `optimizer: paper`",
  }),
  weightDecay: z.number().min(0).optional().meta({
    description: "of AdamW: of matrices alone, with `optimizer: paper` of everything that is trained",
    unset: "0; 0.01 with `optimizer: paper`",
  }),
  keep: z.enum(["best", "last"]).optional().meta({
    description: "the adapter of which epoch is used; `best`: by validation loss",
    unset: "`best`; `last` with `optimizer: paper`",
  }),
  patience: z
    .int()
    .min(1)
    .default(2)
    .describe("epochs without a better validation loss before training ends, where the best is kept (ours)"),
  answers: z
    .enum(["sampled", "greedy"])
    .default("sampled")
    .describe(
      "how the adapted LLM answers: as the base LLM samples, or the likeliest token each time, as the paper",
    ),
  answerTokens: z.int().min(1).optional().meta({
    description: "tokens of an answer of the adapted LLM at most",
    unset: "as the base LLM's",
  }),
});

export type PromptOptimizationOptions = z.output<typeof promptOptimizationOptions>;

/** How the learning rate runs, what decays, and which epoch's adapter is kept. */
export interface OptimizerSettings {
  readonly schedule: "linear" | "constant";
  readonly warmup: number;
  readonly weightDecay: number;
  readonly keep: "best" | "last";
}

/** Ours, and what the paper's pipeline does: AdamW as PyTorch begins it, a constant rate, the last state kept. */
const OPTIMIZERS: Readonly<Record<PromptOptimizationOptions["optimizer"], OptimizerSettings>> = {
  ours: { schedule: "linear", warmup: 0.1, weightDecay: 0, keep: "best" },
  paper: { schedule: "constant", warmup: 0, weightDecay: 0.01, keep: "last" },
};

export function optimizerOf(options: PromptOptimizationOptions): OptimizerSettings {
  const preset = OPTIMIZERS[options.optimizer];
  const { schedule, warmup, weightDecay, keep } = options;
  return {
    schedule: schedule ?? preset.schedule,
    warmup: warmup ?? preset.warmup,
    weightDecay: weightDecay ?? preset.weightDecay,
    keep: keep ?? preset.keep,
  };
}

/** The likeliest token each time. */
const GREEDY = { temperature: 0, topP: 1, topK: 0, minP: 0 } as const;

/** What the adapted LLM samples otherwise than the base LLM does. */
export function samplingOf({ answers, answerTokens }: PromptOptimizationOptions): ChangedSampling {
  return {
    ...(answers === "greedy" ? GREEDY : {}),
    ...(answerTokens === undefined ? {} : { maxTokens: answerTokens }),
  };
}

export function lossOf({ loss, beta, gamma }: PromptOptimizationOptions): PreferenceLoss {
  return loss === "dpo" ? { kind: "dpo", beta: beta ?? 0.1 } : { kind: "simpo", beta: beta ?? 2, gamma };
}
