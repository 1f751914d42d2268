import { describe, expect, it } from "vitest";
import { RANDOM_CONFIG } from "../../../test/support/random-checkpoint.ts";
import { ProviderError } from "../../core/errors.ts";
import type { HttpClient } from "../../core/ports/http.ts";
import type { TrainerQuestion } from "../../core/ports/trainer.ts";
import { rootKey } from "../../core/random.ts";
import { torchFile } from "../../neural/checkpoint/torch-file.ts";
import { type AdapterSpec, adapterTensors, initialAdapter } from "../../neural/training/adapter.ts";
import { adapterFiles } from "../../neural/training/adapter-files.ts";
import { softRows } from "../../neural/training/soft-rows.ts";
import { askVllm } from "./vllm.ts";

const spec: AdapterSpec = {
  embeddingSize: 3,
  projector: "linear",
  softTokens: 1,
  rank: 1,
  alpha: 2,
  targets: ["q"],
};
const adapter = initialAdapter(spec, RANDOM_CONFIG, rootKey("adapter"));
const files = adapterFiles(adapter, spec, RANDOM_CONFIG, {
  base: { name: "llm", fingerprint: "" },
  embedder: { id: "e", identity: "e" },
  dropout: 0,
});
const { hiddenSize } = RANDOM_CONFIG;
const vector = Float32Array.of(0.6, 0, -0.8);
const question: TrainerQuestion = {
  id: "q1",
  messages: [{ role: "user", content: "Hi" }],
  embedded: Buffer.from(vector.buffer).toString("base64"),
  seed: 5,
  sampling: { temperature: 0.5, topP: 0.9 },
  maxTokens: 7,
};
const prompt = new Float32Array(2 * hiddenSize).fill(3);
const asking = (http: HttpClient) =>
  askVllm(
    { url: "http://h:8000/v1/", checkpoint: "llm" },
    "0123456789abcdef",
    files,
    { hiddenSize, read: () => prompt },
    http,
  );

describe("vLLM in the trainer's place", () => {
  it("is sent whole prompts as embeddings, soft prompt first, for the merged model", async () => {
    let sent: { url: string; body: Record<string, unknown> } | undefined;
    const answer = await asking({
      async postJson(url, body) {
        sent = { url, body: JSON.parse([...body].join("")) };
        return {
          choices: [{ text: "Hello", finish_reason: "length" }],
          usage: { prompt_tokens: 3, completion_tokens: 7 },
        };
      },
    })(question);
    expect(answer).toEqual({
      id: "q1",
      text: "Hello",
      finishReason: "length",
      inputTokens: 3,
      outputTokens: 7,
    });
    const soft = softRows(adapterTensors(adapter, spec, RANDOM_CONFIG), spec, vector);
    const data = Float32Array.of(...soft, ...prompt);
    expect(sent?.url).toBe("http://h:8000/v1/completions");
    expect(sent?.body).toEqual({
      ...{ model: "apm-0123456789ab", prompt: "", max_tokens: 7, seed: 5, temperature: 0.5, top_p: 0.9 },
      prompt_embeds: Buffer.from(torchFile({ shape: [3, hiddenSize], data })).toString("base64"),
    });
  });

  it("that serves another model says how to serve this one", async () => {
    const asked = asking({
      postJson: () =>
        Promise.reject(new ProviderError("HTTP 404", { failure: "fatal", status: 404, where: "POST" })),
    })(question);
    await expect(asked).rejects.toThrow('vLLM does not serve the trained model "apm-0123456789ab"');
    await expect(asked).rejects.toMatchObject({
      remedy: expect.stringMatching(
        /apm-trainer merge .* --served-model-name apm-0123456789ab --enable-prompt-embeds/,
      ),
    });
  });

  it("that answers with something else is not believed", async () => {
    await expect(asking({ postJson: async () => ({ choices: [] }) })(question)).rejects.toThrow(
      "another form",
    );
  });
});
