import { z } from "zod";
import { MAPPING_KINDS } from "./ids.ts";
import { addressTrouble, isVariableName, secretsInAddresses, secretsInFields } from "./secrets.ts";

const count = z.int().min(0);
const positive = z.int().min(1);

const price = z
  .strictObject({ input: z.number().min(0), output: z.number().min(0) })
  .describe("US dollars per million tokens");

/** An http address without a secret. */
export const webAddress = z.string().superRefine((address, context) => {
  const message = addressTrouble(address);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** Of an environment variable; a key that stands in its place is not quoted. */
const variableName = z
  .string()
  .refine(isVariableName, "write the name of an environment variable that holds the key, not the key");

/** For parts whose texts may be addresses, whatever they are called. */
function refuseSecrets(value: unknown, context: z.RefinementCtx): void {
  for (const { path, message } of secretsInAddresses(value)) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
}

/** Where a server's keys are to be found: for models, and for systems outside. */
export const serverKeys = {
  apiKeyEnv: variableName
    .optional()
    .describe("name of the environment variable that holds the key, sent as a bearer token"),
  headersEnv: z
    .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "this is no name of a header"), variableName)
    .optional()
    .describe('headers whose values stand in environment variables, such as { "api-key": "AZURE_KEY" }'),
  basicAuthEnv: variableName.optional().describe("name of the environment variable that holds user:password"),
  queryEnv: z
    .record(z.string().min(1), variableName)
    .optional()
    .describe(
      'parameters of the address whose values stand in environment variables, such as { key: "VAR" }',
    ),
} as const;

const modelObject = z.strictObject({
  provider: z.string().regex(/^[a-z][a-z-]*$/, "a provider's name is lower-case letters"),
  model: z.string().min(1),
  baseUrl: webAddress
    .optional()
    .describe("root of an OpenAI-compatible API, such as http://localhost:8000/v1"),
  ...serverKeys,
  concurrency: positive.optional(),
  requestsPerMinute: z.number().positive().optional(),
  tokensPerMinute: z.number().positive().optional(),
  timeoutSeconds: z.number().positive().optional(),
  patienceSeconds: z
    .number()
    .positive()
    .optional()
    .describe(
      "how long a server that answers no more is waited for, from its last success; 300 when not set",
    ),
  temperature: z.number().min(0).optional(),
  topP: z.number().gt(0).max(1).optional(),
  topK: z.int().min(-1).optional(),
  minP: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  stop: z.array(z.string()).optional(),
  maxTokens: positive.optional(),
  reasoning: z
    .union([z.boolean(), z.enum(["low", "medium", "high"])])
    .optional()
    .describe("reasoning effort, for models that take one"),
  systemMessage: z
    .enum(["auto", "merge", "send"])
    .optional()
    .describe(
      "send: as it is; merge: at the head of the first user message; auto (the default): merged once the server has refused one",
    ),
  price: price.optional(),
  object: z
    .strictObject({ file: z.string().optional(), identity: z.string(), simulated: z.boolean() })
    .optional()
    .describe("of a model that a configuration file defines: written by apm-bench, not by people"),
  options: z
    .record(z.string(), z.unknown())
    .superRefine((fields, context) => {
      for (const { path, message } of secretsInFields(fields)) {
        context.addIssue({ code: "custom", path: [...path], message });
      }
    })
    .optional()
    .describe("provider's own: strengths of `sim`, extra request fields of `openai`, threads of `local`"),
});

/** Without `provider` and `model`, an object changes single settings of the model that would stand there without it. */
const model = z.union([
  z.string().regex(/^[a-z]+:.+$/, 'write "provider:model", such as "sim:default"'),
  modelObject.partial(),
]);

/** Which ids there are, and which options each takes, the methods say themselves. */
const method = z.union([
  z.string().min(1),
  z.looseObject({ id: z.string().min(1), name: z.string().min(1).optional() }),
]);

const pool = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().optional(),
    attributes: z.array(z.string()),
    principles: z.array(z.string()),
  }),
]);

/** Where base conversations come from: one source for all users, or one for train and one for test users. */
const source = z.union([
  z.string().min(1),
  z.strictObject({ train: z.string().min(1), test: z.string().min(1) }),
]);

/** What a person may write; every key is optional and an unknown one is an error. */
export const userConfigSchema = z.strictObject({
  pool: pool.optional(),
  activeAttributes: z.literal([1, 2]).optional(),
  historyLength: count.optional(),
  users: z
    .strictObject({
      train: positive,
      validation: positive,
      test: positive,
      voices: z.boolean(),
      testFile: z.string().min(1),
    })
    .partial()
    .optional(),
  conversations: z
    .strictObject({ source, perUser: positive, maxCharacters: positive })
    .partial()
    .superRefine(refuseSecrets)
    .optional(),
  mapping: z
    .strictObject({ kind: z.enum(MAPPING_KINDS), file: z.string().min(1) })
    .partial()
    .optional(),
  targets: positive.optional(),
  worlds: z.union([positive, z.array(z.int()).min(1)]).optional(),
  models: z
    .strictObject({ base: model, candidate: model, rewriter: model, judge: model, embedder: model })
    .partial()
    .optional(),
  methods: z.array(method).min(1).superRefine(refuseSecrets).optional(),
  judge: z
    .strictObject({
      scale: z.literal([10, 100]),
      retries: positive.max(10),
      weighted: z.boolean(),
      ratings: z.enum(["all", "targets"]),
    })
    .partial()
    .optional(),
  statistics: z
    .strictObject({
      resamples: positive,
      permutations: positive.describe("without effect: no test permutes; earlier configurations may name it"),
      margin: z
        .number()
        .positive()
        .describe(
          "smallest difference that matters, in points of reward: within it methods are practically the same",
        ),
    })
    .partial()
    .optional(),
  budget: z
    .strictObject({
      calls: positive,
      usd: z.number().positive(),
      more: z.boolean().describe("this invocation may spend it once more, on top of what is spent already"),
    })
    .partial()
    .optional(),
  concurrency: positive.optional(),
  seed: z.int().optional(),
  out: z.string().min(1).optional(),
});

export type UserConfig = z.input<typeof userConfigSchema>;
export type ModelConfig = z.output<typeof modelObject>;
