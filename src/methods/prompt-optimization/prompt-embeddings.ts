import type { UserText } from "../../core/artifacts.ts";
import type { EmbeddingModel } from "../../core/ports/embedding-model.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import type { Tensor } from "../../neural/checkpoint/safetensors.ts";
import { adapterTensors } from "../../neural/training/adapter.ts";
import type { LoadedAdapter } from "../../neural/training/adapter-files.ts";
import { softRows, unitLength } from "../../neural/training/soft-rows.ts";
import type { TunableModel } from "../../neural/tunable.ts";
import { historyText } from "../histories.ts";

/**
 * What the adapted model reads when it answers a user: the soft prompt, then the rows of the checkpoint's own
 * embedding matrix for the templated prompt; [n + tokens, hiddenSize].
 */
export async function promptEmbeddings(
  user: UserText,
  { adapter, spec }: LoadedAdapter,
  { config, tokenizer, weights }: Pick<TunableModel, "config" | "tokenizer" | "weights">,
  embedder: EmbeddingModel,
): Promise<Tensor> {
  const [embedded] = await embedder.embed([historyText(user)]);
  const soft = softRows(adapterTensors(adapter, spec, config), spec, unitLength(embedded as Float32Array));
  const tokens = tokenizer.chat(plainMessages(user.prompt));
  const { data: matrix } = weights().get("model.embed_tokens.weight") as Tensor;
  const { hiddenSize } = config;
  const data = new Float32Array(soft.length + tokens.length * hiddenSize);
  data.set(soft);
  for (const [i, id] of tokens.entries()) {
    data.set(matrix.subarray(id * hiddenSize, (id + 1) * hiddenSize), soft.length + i * hiddenSize);
  }
  return { shape: [data.length / hiddenSize, hiddenSize], data };
}
