import { describe, expect, it } from "vitest";
import { presetNamed } from "../core/config/load.ts";
import type { Config } from "../core/config/resolved.ts";
import { worldSeeds } from "../core/config/world-seeds.ts";
import {
  lossOf,
  optimizerOf,
  type PromptOptimizationOptions,
} from "../methods/prompt-optimization/options.ts";
import { METHODS } from "../methods/registry.ts";
import { completeConfig } from "./resolve.ts";

const resolved = (preset: string): Config =>
  completeConfig({ readFile: () => Promise.reject(new Error("no file")) } as never, presetNamed(preset));

/** A method's options with every default. */
function optionsOf({ methods }: Config, name: string): Record<string, unknown> {
  const found = methods.find((method) => (method.name ?? method.id) === name);
  const { id, name: _, ...options } = found as Config["methods"][number];
  const description = METHODS.find((method) => method.id === id);
  return description?.options.parse(options) as Record<string, unknown>;
}

describe.each([
  ["paper", "Qwen/Qwen3.5-27B", { reasoning: false }],
  ["paper-llama", "meta-llama/Llama-3.1-8B-Instruct", {}],
])("preset %s: every value that is known of the paper's pipeline", (preset, base, thinking) => {
  const config = resolved(preset);
  const { models, judge } = config;

  it("users and worlds", () => {
    expect(config.pool.name).toBe("k10");
    expect(config.pool.attributes).toHaveLength(10);
    expect(config).toMatchObject({
      activeAttributes: 1,
      targets: 1,
      historyLength: 2,
      users: { train: 4000, validation: 500, test: 1000, attributes: "random" },
      conversations: { source: "hf:HuggingFaceH4/ultrachat_200k", perUser: 20 },
      mapping: { kind: "signed-permutation" },
      styles: { avoid: "avoid" },
    });
    expect(config.worlds).toEqual(worldSeeds(config.seed, 10));
  });

  it("models: sampling and token limits", () => {
    expect(models.base).toMatchObject({ model: base, temperature: 1, topP: 1, maxTokens: 2048, ...thinking });
    expect(models.candidate).toMatchObject({
      model: "nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-FP8",
      maxTokens: 2048,
    });
    expect(models.rewriter).toMatchObject({
      model: "openai/gpt-oss-120b",
      temperature: 1,
      topP: 1,
      maxTokens: 8192,
      reasoning: "medium",
    });
    expect(models.judge).toMatchObject({
      model: "openai/gpt-oss-120b",
      temperature: 1,
      topP: 0.95,
      maxTokens: 4096,
      reasoning: "medium",
    });
    expect(models.embedder).toMatchObject({
      model: "BAAI/bge-large-en-v1.5",
      options: { truncate_prompt_tokens: 512 },
    });
  });

  it("judge", () => {
    expect(judge).toMatchObject({
      scale: 100,
      mapping: "tenth",
      sees: "prompt-and-answer",
      retries: 3,
      weighted: false,
      constrain: "off",
      ratings: "all",
    });
  });

  it("router and retrieval", () => {
    const ids = config.methods.map(({ id }) => id);
    expect(ids.slice(0, 5)).toEqual(["none", "routing-oracle", "routing", "rag-exemplar", "rag-summary"]);
    expect(optionsOf(config, "routing")).toMatchObject({
      labels: "margin",
      classifier: {
        model: "answerdotai/ModernBERT-base",
        learningRate: 2e-5,
        weightDecay: 0.01,
        microBatch: 4,
        accumulate: 4,
        epochs: 3,
        keep: "last",
        clipNorm: 1,
        maxTokens: 8192,
      },
    });
    expect(optionsOf(config, "rag-exemplar")).toMatchObject({ k: 3 });
    expect(optionsOf(config, "rag-summary")).toMatchObject({ k: 3, content: "paper" });
  });
});

it("preset paper-llama: soft prompts by both losses", () => {
  const config = resolved("paper-llama");
  for (const [name, loss] of [
    ["prompt optimization (SimPO)", { loss: "simpo", beta: 2, gamma: 1 }],
    ["prompt optimization (DPO)", { loss: "dpo", beta: 0.1 }],
  ] as const) {
    const options = optionsOf(config, name);
    expect(options).toMatchObject({
      ...loss,
      projector: "mlp",
      softTokens: 1,
      rank: 16,
      alpha: 32,
      dropout: 0.05,
      targets: ["q", "k", "v", "o"],
      learningRate: 5e-5,
      batchSize: 8,
      epochs: 1,
      clipNorm: 1,
      maxPromptTokens: 1024,
      maxAnswerTokens: 1024,
      keepPrompt: "beginning",
      answers: "greedy",
      answerTokens: 1024,
    });
    expect(optimizerOf(options as PromptOptimizationOptions)).toEqual({
      schedule: "constant",
      warmup: 0,
      weightDecay: 0.01,
      keep: "last",
    });
    expect(lossOf(options as PromptOptimizationOptions)).toEqual(
      loss.loss === "dpo" ? { kind: "dpo", beta: 0.1 } : { kind: "simpo", beta: 2, gamma: 1 },
    );
  }
  expect(resolved("paper").methods.map(({ id }) => id)).not.toContain("prompt-optimization");
});
