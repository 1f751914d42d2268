import { z } from "zod";
import { MAPPING_KINDS } from "./ids.ts";
import { judgeSettings } from "./judge-schema.ts";
import { model, refuseSecrets } from "./model-schema.ts";

const positive = z.int().min(1);

/** Which ids there are, and which options each takes, the methods say themselves. */
const method = z.union([
  z.string().min(1),
  z.looseObject({
    id: z.string().min(1).describe("which method"),
    name: z.string().min(1).optional().meta({
      description: "shown in tables; two methods of one id need two names",
      unset: "the method's title",
    }),
  }),
]);

const pool = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().optional().meta({ description: "shown in reports", unset: "none" }),
    attributes: z.array(z.string()).describe("the user attributes, K of them"),
    principles: z.array(z.string()).describe("the response principles, as many"),
  }),
]);

/** Where base conversations come from: one source for all users, or one for train and one for test users. */
const source = z.union([
  z.string().min(1),
  z.strictObject({
    train: z.string().min(1).describe("for train and validation users"),
    test: z.string().min(1).describe("for test users"),
  }),
]);

/** A frozen set; written out, with what `run` notes of it. */
const bundle = z.union([
  z.string().min(1),
  z.strictObject({
    source: z.string().min(1).describe("a folder that `data freeze` wrote, or `hf:OWNER/NAME`"),
    id: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "the id of a set has 64 hexadecimal digits")
      .optional()
      .meta({ description: "the set that must stand there: its hash", unset: "whichever does" }),
    otherJudge: z.boolean().optional().meta({
      description: "whether another judge may score answers than the one that rated the set",
      unset: "`false`",
    }),
  }),
]);

/**
 * What a person may write; every key is optional and an unknown one is an error. The defaults stand in `DEFAULTS`; where a
 * key has none there, `unset` says what holds without it.
 */
export const userConfigSchema = z.strictObject({
  $schema: z
    .string()
    .optional()
    .meta({ description: "for editors: where the JSON Schema of this file lies; not read", unset: "none" }),
  pool: pool
    .optional()
    .describe(
      "user attributes that users show, and response principles that answers are rated on: `k10`, `k8`, `k6`, `k4` or `k2`, a `.json` file with both lists, or the lists themselves",
    ),
  activeAttributes: z.literal([1, 2]).optional().describe("m: how many attributes a user shows"),
  historyLength: z
    .int()
    .min(0)
    .optional()
    .describe("h: how many earlier prompts of a user the methods may read"),
  users: z
    .strictObject({
      train: positive.describe("users that methods learn from"),
      validation: positive.describe("users that methods choose their settings by"),
      test: positive.describe("users that the result is about"),
      voices: z.boolean().describe("users have writing habits of their own, unrelated to their attributes"),
      attributes: z
        .enum(["balanced", "random"])
        .describe(
          "how users come by their attributes and sides: `balanced` (each as often, in blocks) or `random` (each user for itself, as the paper)",
        ),
      testFile: z
        .string()
        .min(1)
        .meta({ description: "imported users in place of simulated test users", unset: "none" }),
    })
    .partial()
    .optional()
    .describe("how many users, and of what kind"),
  conversations: z
    .strictObject({
      source: source.describe(
        "where prompts come from: `builtin`, files (.jsonl, .json, .parquet), `hf:OWNER/NAME`, or one for train and one for test users",
      ),
      perUser: positive.meta({
        description: "conversations of a user; the last is held out for the test prompt",
        unset: "20 of `builtin`; of another source what is needed, `historyLength` + 1",
      }),
      maxCharacters: positive.describe("longer prompts of a source from outside are left out"),
    })
    .partial()
    .superRefine(refuseSecrets)
    .optional()
    .describe("the prompts that users write"),
  mapping: z
    .strictObject({
      kind: z
        .enum(MAPPING_KINDS)
        .describe(
          "`signed-permutation` (one ±1 in each row and column), `stacked-permutation` (`k` of them), `gaussian` (dense) or `file`",
        ),
      k: positive.meta({
        description: "how many signed permutations are stacked: entries other than 0 in each row and column",
        unset: "2, with kind `stacked-permutation`",
      }),
      file: z.string().min(1).meta({
        description: "the matrix as JSON, a row for each principle; with kind `file`",
        unset: "none",
      }),
    })
    .partial()
    .optional()
    .describe("the hidden mapping from attributes to preferences"),
  bundle: bundle.optional().meta({
    description:
      "a frozen set of users, candidates, ratings and worlds, in place of making them: a folder that `data freeze` wrote, or `hf:OWNER/NAME`",
    unset: "none",
  }),
  targets: positive.optional().meta({
    description: "n: how many principles a user's reward weighs",
    unset: "as `activeAttributes`; with stacked permutations `mapping.k` times as many",
  }),
  worlds: z
    .union([positive, z.array(z.int()).min(1)])
    .optional()
    .describe("how many mappings the users are judged under, or a list of their seeds"),
  models: z
    .strictObject({
      base: model.describe("the LLM that answers, personalized or not"),
      candidate: model.meta({
        description: "writes the candidates of train and test users",
        unset: "as `base`",
      }),
      rewriter: model.meta({ description: "restates prompts in a user's style", unset: "as `base`" }),
      judge: model.meta({ description: "rates answers", unset: "as `base`" }),
      embedder: model.describe("embeds histories for retrieval and soft prompts"),
    })
    .partial()
    .optional()
    .describe(
      "each `provider:model` or its settings; an object without `provider` changes settings of the model that would stand there without it, and its `model` where that one has settings",
    ),
  methods: z
    .array(method)
    .min(1)
    .superRefine(refuseSecrets)
    .optional()
    .describe("ids, or `{ id, name, ...options }`"),
  judge: judgeSettings.optional().describe("how the judge is asked"),
  styles: z
    .strictObject({
      avoid: z
        .enum(["opposite", "avoid"])
        .describe(
          "what an instruction to avoid a principle asks for: a clear example of its `opposite`, or to `avoid` it, as in the paper",
        ),
    })
    .partial()
    .optional()
    .describe("how style instructions are worded: of candidates, routing and oracle"),
  statistics: z
    .strictObject({
      resamples: positive.describe("of each bootstrap"),
      permutations: positive.describe("without effect: no test permutes; earlier configurations may name it"),
      margin: z
        .number()
        .positive()
        .describe(
          "smallest difference that matters, in points of reward: within it methods are practically the same",
        ),
    })
    .partial()
    .optional()
    .describe("how results are judged"),
  budget: z
    .strictObject({
      calls: positive.meta({
        description: "most calls that are paid, counted over the run directory",
        unset: "no limit",
      }),
      usd: z
        .number()
        .positive()
        .meta({ description: "most US dollars, counted over the run directory", unset: "no limit" }),
      more: z.boolean().meta({
        description:
          "this invocation may spend it once more, on top of what is spent already (flag: --budget-more)",
        unset: "`false`",
      }),
    })
    .partial()
    .optional()
    .describe("a run stops there with exit code 3; `--budget-more` goes on"),
  concurrency: positive.optional().describe("model calls in flight, where a model sets none of its own"),
  schedule: z.enum(["users", "stages"]).optional().meta({
    description:
      "`users`: each user in turn, so that all models work at the same time; `stages`: all rewrites, then all candidates, all ratings, all answers, all judging, for models that take turns on one machine; the results are the same",
    unset: "`users`; `stages` where commands of `serve` share a device",
  }),
  threads: positive.optional().meta({
    description:
      "threads that computed models (`sim`) and fits may work in, this one included; results do not depend on it",
    unset: "one a core, 8 at most",
  }),
  seed: z.int().optional().describe("of everything random; the same seed gives the same bytes"),
  out: z.string().min(1).optional().describe("the run directory"),
});

/** What a configuration file may say; every key may be left out. */
export type UserConfig = z.input<typeof userConfigSchema>;
