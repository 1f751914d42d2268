import { z } from "zod";
import { MAPPING_KINDS } from "../core/config/ids.ts";
import { ApmError } from "../core/errors.ts";
import { RESULTS_SCHEMA, type Results, VERDICTS } from "../core/run-record.ts";
import { SIMULATED_ROLES } from "../core/simulated.ts";

const figure = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();
const counted = z.int().min(0);
const direction = z.enum(["follow", "avoid"]);

const summary = z.looseObject({
  ...{
    meanReward: figure,
    delta: figure,
    deltaCi95: interval,
    standardError: figure,
    degreesOfFreedom: figure,
  },
  ...{ deltaSdOverWorlds: figure, win: figure, tie: figure, loss: figure, winLossRatio: figure },
  winLossRatioCi95: z.tuple([figure, figure]).nullable(),
  ...{ pValue: figure, pValueAdjusted: figure, verdict: z.enum(VERDICTS) },
  ...{ users: counted, worlds: counted, missing: counted },
  ...{ minimalDetectableEffect: figure, minimalDetectableEffectAdjusted: figure },
  variance: z
    .looseObject({
      users: z.number().min(0),
      worlds: z.number().min(0).nullable(),
      residual: z.number().min(0),
    })
    .nullish(),
  shareOfOracle: z.looseObject({ share: z.number(), ci95: z.tuple([z.number(), z.number()]) }).optional(),
});

const group = { pairs: counted, delta: figure, deltaCi95: interval };

const classifier = z.looseObject({
  classifier: z.string(),
  accuracy: z.looseObject({ train: figure, validation: figure, test: figure }),
  labels: z.looseObject({ train: z.array(z.number().min(0)), validation: z.array(z.number().min(0)) }),
  lossCurve: z.array(z.looseObject({ step: z.number(), loss: z.number() })).optional(),
  epochs: z.array(z.looseObject({ validationLoss: figure })).optional(),
});

const method = z.looseObject({
  ...{ id: z.string(), name: z.string(), summary },
  about: z
    .looseObject({ title: z.string(), summary: z.string(), role: z.string(), readsHistory: z.boolean() })
    .optional(),
  perWorld: z.array(
    z.looseObject({
      seed: z.number(),
      meanReward: figure,
      delta: figure,
      win: figure,
      tie: figure,
      loss: figure,
      classifier: classifier.optional(),
    }),
  ),
  perPrinciple: z.array(z.looseObject({ principle: z.string(), direction, ...group })),
  perAttribute: z.array(z.looseObject({ attribute: z.string(), side: direction, ...group })),
  differences: z.looseObject({ from: z.number(), width: z.number().positive(), counts: z.array(counted) }),
  labels: z.array(z.array(counted)).optional(),
});

const submission = z.looseObject({ method: z.string(), sha256: z.string(), received: z.string() });
const named = z.looseObject({ id: z.string(), identity: z.string() });
const model = z.looseObject({ provider: z.string(), model: z.string() });

/** What is read of the settings in a record. */
const config = z.looseObject({
  pool: z.looseObject({
    name: z.string().optional(),
    attributes: z.array(z.string()),
    principles: z.array(z.string()).min(1),
  }),
  ...{ activeAttributes: counted, historyLength: counted, targets: counted, seed: z.number() },
  users: z.looseObject({ train: counted, validation: counted, test: counted, voices: z.boolean() }),
  conversations: z.looseObject({
    source: z.union([z.string(), z.looseObject({ train: z.string(), test: z.string() })]),
    perUser: counted,
  }),
  mapping: z.looseObject({ kind: z.enum(MAPPING_KINDS) }),
  worlds: z.array(z.number()).min(1),
  methods: z.array(z.looseObject({ id: z.string(), name: z.string().optional() })),
  models: z.looseObject({ base: model, candidate: model, rewriter: model, judge: model, embedder: model }),
  judge: z.looseObject({ scale: z.number(), retries: counted, weighted: z.boolean(), ratings: z.string() }),
  statistics: z.looseObject({ margin: z.number() }),
});

/** `results.json` as everything that reads it relies on; more may stand there. */
const resultsShape = z.looseObject({
  ...{ schema: z.literal(RESULTS_SCHEMA), version: z.string(), simulated: z.boolean(), config },
  simulatedRoles: z.array(z.enum(SIMULATED_ROLES)).optional(),
  models: z.looseObject({ base: named, candidate: named, rewriter: named, judge: named }),
  prompts: z.record(z.string(), z.string()),
  worlds: z
    .array(z.looseObject({ seed: z.number(), kind: z.string(), matrix: z.array(z.array(z.number())).min(1) }))
    .min(1),
  users: z.looseObject({
    ...{ train: counted, validation: counted, test: counted, replaced: counted },
    ended: z.looseObject({ mark: counted, repetition: counted }).optional(),
    imported: z.string().optional(),
  }),
  ratings: z.looseObject({ asked: counted, missing: counted }),
  weighing: z.looseObject({ scores: counted, plain: counted, meanMass: figure }).optional(),
  submission: submission.optional(),
  baseline: z.looseObject({ meanReward: figure }),
  methods: z.array(method).min(1),
  pairs: z.array(
    z.looseObject({
      ...{ a: z.string(), b: z.string(), difference: figure, ci95: interval, standardError: figure },
      ...{ degreesOfFreedom: figure, pValue: figure, pValueAdjusted: figure, cells: counted },
    }),
  ),
  usage: z.array(
    z.looseObject({
      ...{ role: z.string(), model: z.string(), calls: counted, cacheHits: counted },
      ...{ inputTokens: counted, outputTokens: counted, costUsd: figure, failures: counted },
    }),
  ),
});

/**
 * Checks that a JSON value is the record of a run as this version writes it.
 * @param where the file, for the error
 * @throws ApmError naming the first key that is missing or has another form
 */
export function checkedResults(value: unknown, where: string): Results {
  const { schema } = (value ?? {}) as { schema?: unknown };
  if (schema !== RESULTS_SCHEMA) {
    throw new ApmError(`this is not a run record of this version (schema: ${String(schema)})`, {
      where,
      remedy: `give a run directory, or its results.json with schema "${RESULTS_SCHEMA}"`,
    });
  }
  const parsed = resultsShape.safeParse(value);
  if (parsed.success) return value as Results;
  const [issue] = parsed.error.issues;
  throw new ApmError(`this run record has another form at ${issue?.path.join(".")}: ${issue?.message}`, {
    where,
    remedy:
      "it was damaged, or written by another version of apm-bench: run the same command again; stored answers are not paid for again",
  });
}
