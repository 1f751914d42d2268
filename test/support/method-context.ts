import { styleLabels } from "../../src/core/artifacts.ts";
import type { EmbeddingModel } from "../../src/core/ports/embedding-model.ts";
import { rootKey } from "../../src/core/random.ts";
import type { MethodContext } from "../../src/methods/method.ts";
import { runMemory } from "../../src/pipeline/fit.ts";
import { memoryStore } from "../../src/store/memory.ts";

/** What a method works with, in memory; the model answers with what it was told and asked. */
export function methodContext(changes: Partial<MethodContext> = {}): MethodContext {
  return {
    base: {
      id: "test:echo",
      identity: "test",
      simulated: false,
      generate: async ({ messages }) => ({
        text: messages.map(({ content }) => content).join("\n"),
        finishReason: "stop",
        usage: { inputTokens: 1, outputTokens: 1 },
      }),
    },
    embedder: numberEmbedder(),
    labels: styleLabels(["casual", "gentle"]),
    key: rootKey("method-context"),
    concurrency: 4,
    artifacts: memoryStore(),
    memo: runMemory(),
    http: { postJson: () => Promise.reject(new Error("not used")) },
    keep: () => {},
    learned: () => {},
    note: () => {},
    ...changes,
  };
}

/** Texts of numbers, such as "1 0.5", are their own vectors; the sizes of its batches are remembered. */
export function numberEmbedder(): EmbeddingModel & { readonly batches: number[] } {
  const batches: number[] = [];
  return {
    batches,
    id: "test:numbers",
    identity: "test",
    simulated: false,
    async embed(texts) {
      batches.push(texts.length);
      return texts.map((text) => Float32Array.from(text.split(/\s+/).map(Number)));
    },
  };
}
