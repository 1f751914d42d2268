import type { UserText } from "../../core/artifacts.ts";
import type { EmbeddingModel } from "../../core/ports/embedding-model.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import type { EmbeddingRows } from "../../neural/checkpoint/embedding-rows.ts";
import type { Tensor } from "../../neural/checkpoint/safetensors.ts";
import type { TextTokenizer } from "../../neural/tokenizer.ts";
import type { LoadedProjector } from "../../neural/training/adapter-files.ts";
import { softRows, unitLength } from "../../neural/training/soft-rows.ts";
import { historyText } from "../histories.ts";

/**
 * What the adapted model reads when it answers a user: the soft prompt, then the rows of the checkpoint's own
 * embedding matrix for the templated prompt; [n + tokens, hiddenSize].
 */
export async function promptEmbeddings(
  user: UserText,
  { tensors, spec }: LoadedProjector,
  { rows, tokenizer }: { readonly rows: EmbeddingRows; readonly tokenizer: TextTokenizer },
  embedder: EmbeddingModel,
): Promise<Tensor> {
  const [embedded] = await embedder.embed([historyText(user)]);
  const soft = softRows(tensors, spec, unitLength(embedded as Float32Array));
  const prompt = rows.read(tokenizer.chat(plainMessages(user.prompt)));
  const data = new Float32Array(soft.length + prompt.length);
  data.set(soft);
  data.set(prompt, soft.length);
  return { shape: [data.length / rows.hiddenSize, rows.hiddenSize], data };
}
