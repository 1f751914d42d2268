import { z } from "zod";
import {
  addressTrouble,
  holdsSecret,
  isSecretName,
  isVariableName,
  looksLikeKey,
  secretsInAddresses,
  secretsInFields,
} from "./secrets.ts";

const positive = z.int().min(1);

/** For parts whose texts may be addresses, whatever they are called. */
export function refuseSecrets(value: unknown, context: z.RefinementCtx): void {
  for (const { path, message } of secretsInAddresses(value)) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
}

/** An http address without a secret. */
export const webAddress = z.string().superRefine((address, context) => {
  const message = addressTrouble(address);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** One address, or those of several servers of one model. */
const addresses = z.union([
  webAddress,
  z
    .array(webAddress)
    .min(1)
    .refine((list) => new Set(list).size === list.length, "an address stands here twice"),
]);

/** Of an environment variable; a key that stands in its place is not quoted. */
const variableName = z
  .string()
  .refine(isVariableName, "write the name of an environment variable that holds the key, not the key");

const variables = (name: z.ZodString) => z.record(name, variableName);

/** Where a server's keys are to be found: for models, and for systems outside. The keys themselves are never written down. */
export const serverKeys = {
  apiKeyEnv: variableName.optional().meta({
    description: "name of the environment variable that holds the key, sent as a bearer token",
    unset: "`OPENAI_API_KEY` for OpenAI itself, no key for another server",
  }),
  headersEnv: variables(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "this is no name of a header"))
    .optional()
    .meta({
      description:
        'headers whose values stand in environment variables, such as `{ "api-key": "AZURE_KEY" }`',
      unset: "none",
    }),
  basicAuthEnv: variableName
    .optional()
    .meta({ description: "name of the environment variable that holds user:password", unset: "none" }),
  queryEnv: variables(z.string().min(1)).optional().meta({
    description:
      'parameters of the address whose values stand in environment variables, such as `{ key: "VAR" }`',
    unset: "none",
  }),
} as const;

const variableValues = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/, "this is no name of a variable"), z.string())
  .superRefine((fields, context) => {
    for (const [name, text] of Object.entries(fields)) {
      if (!isSecretName(name) && !looksLikeKey(text)) continue;
      const message =
        "this looks like a secret: set it in the environment, which the command is given as a whole";
      context.addIssue({ code: "custom", path: [name], message });
    }
  });

const commandLine = z
  .union([z.string().min(1), z.array(z.string()).min(1)])
  .superRefine((command, context) => {
    if (!holdsSecret([command].flat().flatMap((text) => text.split(/\s+/)))) return;
    const message =
      "this command holds what looks like a secret: set it in the environment, which the command is given as a whole (vLLM reads VLLM_API_KEY)";
    context.addIssue({ code: "custom", message });
  });

/** Of the server that the tool starts itself. */
const started = {
  env: variableValues.optional().meta({
    description: "variables for the command of `serve`, besides the environment's; no record holds values",
    unset: "none",
  }),
  readyTimeoutSeconds: z
    .number()
    .positive()
    .optional()
    .meta({ description: "how long a started server may take until it answers", unset: "1800" }),
  device: z.string().min(1).optional().meta({
    description: "what the started server occupies: servers of one device take turns",
    unset: "`gpu`",
  }),
} as const;

const price = z.strictObject({
  input: z.number().min(0).describe("of what the model reads"),
  output: z.number().min(0).describe("of what it writes"),
  batch: z.number().min(0).max(1).optional().meta({
    description: "what of it is paid for answers that come as batch files, such as 0.5",
    unset: "1, the whole price",
  }),
});

/** What stands for a setting that is not set. */
const SERVERS_OWN = "the server's or checkpoint's own";
const NO_LIMIT = "no limit";
const CHANGED = "as in the model whose settings are changed";

/** The settings of one model; `unset` says what holds without the key. */
export const modelObject = z.strictObject({
  provider: z
    .string()
    .regex(/^[a-z][a-z-]*$/, "a provider's name is lower-case letters")
    .meta({
      description:
        "`sim` (the simulated model), `openai` (any OpenAI-compatible server), `local` (a checkpoint), or a server on this machine (`ollama`, `lmstudio`, `llamacpp`, or `localhost` for whichever listens)",
      unset: CHANGED,
    }),
  model: z.string().min(1).meta({
    description:
      "the model's name at its provider; for `local` a checkpoint folder, a GGUF file, `hf:OWNER/NAME` of the Hugging Face hub, or `tiny` for the one that is shipped",
    unset: CHANGED,
  }),
  baseUrl: addresses.optional().meta({
    description:
      "root of an OpenAI-compatible API, such as http://localhost:8000/v1; a list of several servers of the same model shares the calls out",
    unset: "that of OpenAI",
  }),
  ...serverKeys,
  serve: z
    .union([commandLine, z.strictObject({ command: commandLine.describe("the command"), ...started })])
    .optional()
    .meta({
      description:
        "command that starts the model's server on this machine (no shell): run when the model is needed, ended when its stage is done; only from a configuration file or flags of your own",
      unset: "the server runs already",
    }),
  ...started,
  concurrency: positive
    .optional()
    .meta({ description: "calls in flight, at each server", unset: "the configuration's `concurrency`" }),
  requestsPerMinute: z
    .number()
    .positive()
    .optional()
    .meta({ description: "rate limit: requests a minute", unset: NO_LIMIT }),
  tokensPerMinute: z
    .number()
    .positive()
    .optional()
    .meta({ description: "rate limit: tokens a minute, in and out", unset: NO_LIMIT }),
  timeoutSeconds: z
    .number()
    .positive()
    .optional()
    .meta({ description: "how long a request may take", unset: "600" }),
  patienceSeconds: z.number().positive().optional().meta({
    description: "how long a server that answers no more is waited for, from its last success",
    unset: "300",
  }),
  temperature: z.number().min(0).optional().meta({ description: "sampling temperature", unset: SERVERS_OWN }),
  topP: z.number().gt(0).max(1).optional().meta({ description: "nucleus sampling", unset: SERVERS_OWN }),
  topK: z
    .int()
    .min(-1)
    .optional()
    .meta({ description: "sample from the k likeliest tokens; -1 or 0: from all", unset: SERVERS_OWN }),
  minP: z.number().min(0).max(1).optional().meta({
    description: "least probability of a token, as a share of the likeliest one's",
    unset: SERVERS_OWN,
  }),
  seed: z.int().optional().meta({
    description:
      "the sampler's seed: another seed, other draws; a server is sent one for each request, made from it and the messages, since one and the same would make the chance in all answers alike",
    unset: SERVERS_OWN,
  }),
  stop: z
    .array(z.string())
    .optional()
    .meta({ description: "texts that end an answer and are no part of it", unset: "none" }),
  maxTokens: positive.optional().meta({
    description: "tokens of an answer at most, reasoning included; for an embedder: of a text",
    unset: "the server's own; 1,024 for `local`",
  }),
  reasoning: z
    .union([z.boolean(), z.enum(["low", "medium", "high"])])
    .optional()
    .meta({ description: "reasoning effort, for models that take one", unset: "the model's own" }),
  systemMessage: z.enum(["auto", "merge", "send"]).optional().meta({
    description:
      "`send`: as it is; `merge`: at the head of the first user message; `auto`: merged once the server has refused one",
    unset: "`auto`",
  }),
  price: price.optional().meta({
    description: "US dollars per million tokens; `budget.usd` needs it of every model that is paid for",
    unset: "unknown; `sim` and `local` cost nothing",
  }),
  object: z
    .strictObject({
      file: z.string().optional().meta({ description: "the configuration file", unset: "none" }),
      identity: z.string().describe("what decides its answers"),
      simulated: z.boolean().describe("whether it is a simulated model"),
    })
    .optional()
    .meta({
      description: "of a model that a configuration file defines: written by apm-bench, not by people",
      unset: "none",
    }),
  options: z
    .record(z.string(), z.unknown())
    .superRefine((fields, context) => {
      for (const { path, message } of secretsInFields(fields)) {
        context.addIssue({ code: "custom", path: [...path], message });
      }
    })
    .optional()
    .meta({
      description:
        "the provider's own: strengths of `sim`, extra request fields of `openai`, threads of `local`",
      unset: "none",
    }),
});

/** Without `provider`, an object changes settings of the model that would stand there without it (`mergeConfigs`). */
export const model = z.union([
  z
    .string()
    .regex(/^[a-z]+:.+$/, 'write "provider:model", such as "sim:default"')
    .superRefine(refuseSecrets),
  modelObject.partial(),
]);

export type ModelConfig = z.output<typeof modelObject>;
/** The settings of a model at one of its servers. */
export type PlacedModel = Omit<ModelConfig, "baseUrl"> & { readonly baseUrl?: string | undefined };
