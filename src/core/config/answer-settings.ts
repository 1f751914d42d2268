import { canonicalJson } from "../hash.ts";
import type { ModelConfig } from "./model-schema.ts";
import type { Config, OwnMethodConfig } from "./resolved.ts";

/** The settings of a model that can change an answer. */
export type AnswerSettings = Pick<
  ModelConfig,
  | "provider"
  | "model"
  | "temperature"
  | "topP"
  | "topK"
  | "minP"
  | "seed"
  | "stop"
  | "maxTokens"
  | "reasoning"
  | "systemMessage"
  | "options"
> & { readonly object?: { readonly identity: string; readonly simulated: boolean } };

/**
 * What decides a model's answers: no price, no address, no key, no limits of traffic and no patience. Two models with
 * equal settings here are one to results, estimate, studies and refusals, whatever else differs.
 */
export function answerSettings(model: ModelConfig): AnswerSettings {
  const {
    baseUrl: _address,
    apiKeyEnv: _key,
    headersEnv: _headers,
    basicAuthEnv: _basic,
    queryEnv: _query,
    concurrency: _concurrency,
    requestsPerMinute: _requests,
    tokensPerMinute: _tokens,
    timeoutSeconds: _timeout,
    patienceSeconds: _patience,
    price: _price,
    serve: _serve,
    env: _env,
    readyTimeoutSeconds: _ready,
    device: _device,
    object,
    ...deciding
  } = model;
  if (object === undefined) return deciding;
  const { file: _file, ...own } = object;
  return { ...deciding, object: own };
}

const DECIDING = [
  ...["provider", "model", "temperature", "topP", "topK", "minP", "seed", "stop", "maxTokens", "reasoning"],
  ...["systemMessage", "options"],
] as const;

/**
 * The settings of a model that a stranger wrote: those that decide its answers, and nothing that names an address, a key, a
 * file or a program.
 */
export function strangersModel(model: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(DECIDING.flatMap((key) => (model[key] === undefined ? [] : [[key, model[key]]])));
}

/**
 * Whether base and candidate LLM are one model with the same sampling: then an answer in a style is the candidate of that
 * style, otherwise it is written and judged anew.
 */
export function answersCandidates({
  base,
  candidate,
}: Pick<Config["models"], "base" | "candidate">): boolean {
  return canonicalJson(answerSettings(base)) === canonicalJson(answerSettings(candidate));
}

/** The same of every role's model. */
export function answerModels(models: Config["models"]): Config["models"] {
  return Object.fromEntries(
    Object.entries(models).map(([role, model]) => [role, answerSettings(model)]),
  ) as unknown as Config["models"];
}

/** Stands for wherever a trainer is: whoever trains, the result is the same. */
const SOME_TRAINER = "http://trainer";

/** A method, or a part of it, with its trainer wherever it may be. */
function trainedAnywhere<T extends Readonly<Record<string, unknown>>>(method: T): T {
  const { trainer, classifier } = method as { readonly trainer?: unknown; readonly classifier?: unknown };
  return {
    ...method,
    ...(typeof trainer === "string" ? { trainer: SOME_TRAINER } : {}),
    ...(typeof classifier === "object" && classifier !== null
      ? { classifier: trainedAnywhere(classifier as Readonly<Record<string, unknown>>) }
      : {}),
  };
}

/** Methods without the names of keys, files and trainers, which decide no answer either. */
export function answerMethods(methods: Config["methods"]): Config["methods"] {
  return methods
    .map(trainedAnywhere)
    .map(({ apiKeyEnv: _key, headersEnv: _headers, basicAuthEnv: _basic, queryEnv: _query, ...deciding }) => {
      if (deciding.object === undefined) return deciding;
      const { file: _file, ...object } = (deciding as OwnMethodConfig).object;
      return { ...deciding, object };
    });
}
