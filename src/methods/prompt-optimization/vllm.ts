import { z } from "zod";
import { ProviderError } from "../../core/errors.ts";
import type { HttpClient } from "../../core/ports/http.ts";
import type { PromptRows, TrainerAnswer, TrainerQuestion } from "../../core/ports/trainer.ts";
import { torchFile } from "../../neural/checkpoint/torch-file.ts";
import { projectorOf } from "../../neural/training/adapter-files.ts";
import { softRows } from "../../neural/training/soft-rows.ts";

/** Where the merged checkpoint is served, and what its prompts are made of. */
export interface VllmPlace {
  /** Root of its API, as http://localhost:8000/v1. */
  readonly url: string;
  /** Folder of the base LLM: its tokenizer and single rows of its embedding matrix are read. */
  readonly checkpoint: string;
}

const completion = z.object({
  choices: z.tuple([z.object({ text: z.string(), finish_reason: z.string().nullable() })]).rest(z.unknown()),
  usage: z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) }),
});

/** vLLM's names of our settings of sampling. */
const NAMES: Readonly<Record<string, string>> = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  minP: "min_p",
};

/** The name under which the merged checkpoint of an adapter must be served: a server with another one is never asked. */
export const servedName = (adapter: string): string => `apm-${adapter.slice(0, 12)}`;

/**
 * Has questions answered by vLLM, whose prompts it is sent as embeddings, soft prompt first. On the completions endpoint it
 * applies no chat template, so that they hold the whole templated prompt.
 * @param files of the adapter, whose projector makes the soft prompts
 * @param http without guards: the model that asks has its own
 */
export function askVllm(
  { url, checkpoint }: VllmPlace,
  adapter: string,
  files: ReadonlyMap<string, Uint8Array>,
  rows: PromptRows,
  http: HttpClient,
): (question: TrainerQuestion) => Promise<TrainerAnswer> {
  const { tensors, spec } = projectorOf(files, rows.hiddenSize);
  const address = `${url.replace(/\/+$/, "")}/completions`;
  const model = servedName(adapter);
  return async ({ id, messages, embedded, seed, sampling, maxTokens, stop }) => {
    const vector = new Float32Array(Uint8Array.from(Buffer.from(embedded, "base64")).buffer);
    const soft = softRows(tensors, spec, vector);
    const prompt = rows.read(messages);
    const data = new Float32Array(soft.length + prompt.length);
    data.set(soft);
    data.set(prompt, soft.length);
    const tensor = torchFile({ shape: [data.length / rows.hiddenSize, rows.hiddenSize], data });
    const body = {
      model,
      prompt: "",
      prompt_embeds: Buffer.from(tensor).toString("base64"),
      max_tokens: maxTokens,
      seed,
      ...Object.fromEntries(Object.entries(sampling).map(([name, value]) => [NAMES[name] ?? name, value])),
      ...(stop === undefined ? {} : { stop }),
    };
    const said = await http
      .postJson(address, [JSON.stringify(body)], { timeoutMs: TIMEOUT_MS, concurrency: 1 })
      .catch((error: unknown) => {
        throw error instanceof ProviderError && error.status === 404
          ? notServed(url, model, checkpoint, error)
          : error;
      });
    const found = completion.safeParse(said);
    if (!found.success) {
      throw new ProviderError("the answer has another form than a completion", {
        failure: "request",
        where: address,
      });
    }
    const [{ text, finish_reason: reason }] = found.data.choices;
    const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = found.data.usage;
    return { id, text, finishReason: reason === "length" ? "length" : "stop", inputTokens, outputTokens };
  };
}

const TIMEOUT_MS = 30 * 60_000;

/** A deliberate stop: somebody has to serve what was trained. */
function notServed(url: string, model: string, checkpoint: string, cause: ProviderError): ProviderError {
  return new ProviderError(`vLLM does not serve the trained model "${model}"`, {
    failure: "fatal",
    where: url,
    remedy:
      `merge the adapter, whose files lie in the run's folder adapters (apm-trainer merge ADAPTER --base ${checkpoint} --out merged), ` +
      `and serve it: vllm serve merged --served-model-name ${model} --enable-prompt-embeds; then the same command goes on`,
    cause,
  });
}
