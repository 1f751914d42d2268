import { join, resolve } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import { serverStarts } from "../core/config/schedule.ts";
import { generateText } from "../core/generate-text.ts";
import type { HttpClient } from "../core/ports/http.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { Spending } from "../core/ports/store.ts";
import type { System } from "../core/ports/system.ts";
import { plainMessages } from "../core/prompt/prompts.ts";
import { drawOfChosen } from "../judge/draw.ts";
import { inContext } from "../methods/in-context.ts";
import { type ConfiguredMethod, createMethod } from "../methods/registry.ts";
import { type CallCount, estimateCalls } from "../pipeline/estimate-calls.ts";
import { pilotTokens } from "../pipeline/pilot.ts";
import { cachedModel } from "../providers/decorators/cached.ts";
import { isSimulated, providerOf } from "../providers/registry.ts";
import { createSimEmbedder } from "../providers/sim/embedder.ts";
import { createSimModel } from "../providers/sim/model.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import { sumOf } from "../statistics/descriptive.ts";
import { memoryStore } from "../store/memory.ts";
import { openStoredCalls } from "../store/stored-calls.ts";
import { type ReadyRun, readInputs } from "./compose.ts";
import { type AssumedLengths, estimateStages, type StageEstimate } from "./estimate-stages.ts";
import { estimateTime, type ModelTime } from "./estimate-time.ts";
import { loadOwnMethods } from "./own-methods.ts";
import { withKnownTraits } from "./pilot-traits.ts";
import { type EstimatedPart, ofPart } from "./shard/estimate-part.ts";

/** What one role is asked in a whole run. */
export interface RoleEstimate {
  readonly role: CallCount["role"];
  readonly model: string;
  /** In all, answers from the store included: `calls + cacheHits - repeats` of the run's usage. */
  readonly asks: number;
  /** What must be paid for. */
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** Where answers come as batch files: what of the model's price they cost; `null` where it does not say. */
  readonly batchPrice?: number | null;
}

/** The sums over roles; no cost where some model has no price. */
export type EstimateTotal = Omit<RoleEstimate, "role" | "model" | "batchPrice">;

export interface Estimate {
  readonly rows: readonly RoleEstimate[];
  /** The same by what is asked. */
  readonly stages: readonly StageEstimate[];
  readonly total: EstimateTotal;
  /** Of the models that are run in the process. */
  readonly time: readonly ModelTime[];
  /** How often the run starts servers itself; `null` where it starts none. */
  readonly servers: { readonly starts: number; readonly isAtLeast: boolean } | null;
  /** Whether a method trains a model, which takes time of its own. */
  readonly isTraining: boolean;
  /** What the run directory has spent already, of which a budget takes account; `null` where there is none yet. */
  readonly spent: Spending | null;
}

type Inputs = Awaited<ReturnType<typeof readInputs>>;

/**
 * Calls, tokens, cost and time of a run, before anything is paid: its inputs are read, a few simulated users tell how long
 * prompts are, and models that are run in the process are measured for some seconds.
 * @param lengths what real models' answers are assumed to have; `batch`: whether answers come as batch files, where a server can
 *   be asked so
 * @throws UsageError for wrong inputs
 */
export async function estimateRun(
  system: System,
  config: Config,
  { batch = false, ...lengths }: AssumedLengths & { readonly batch?: boolean },
  part?: EstimatedPart,
): Promise<Estimate> {
  const inputs = await readInputs(system, config);
  const own = await loadOwnMethods(system, config.methods);
  const methods = config.methods.map((method, i) => createMethod(method, i, own));
  const simulated = await simulatedPilot(config, inputs);
  const counts = ofPart(callsOf({ config, inputs, methods }), part);
  const stages = estimateStages(config, counts, { ...lengths, simulated });
  const rows = estimateRows(config, stages, batch);
  return {
    rows,
    stages: stages.map((stage) => ({
      ...stage,
      calls: Math.round(stage.calls),
      inputTokens: Math.round(stage.inputTokens),
      outputTokens: Math.round(stage.outputTokens),
    })),
    total: totalOf(rows),
    time: await estimateTime(system, config, rows),
    servers: serverStarts(config, new Set(rows.flatMap(({ role, asks }) => (asks > 0 ? [role] : [])))),
    isTraining: methods.some(isTrained),
    spent: spentIn(system, config.out),
  };
}

/** What a run asks and pays for, one row a stage and method; nothing is measured. */
export function callsOf({
  config,
  inputs,
  methods,
}: Pick<ReadyRun, "config" | "inputs" | "methods">): CallCount[] {
  const { judge } = config.models;
  const deterministic = providerOf(judge).deterministic?.(judge) ?? false;
  const isRedrawn = drawOfChosen({ deterministic }, config.judge) === "second";
  return estimateCalls({ config, ...inputs }, methods, isRedrawn);
}

function spentIn(system: System, dir: string): Spending | null {
  const file = join(dir, RUN_FILES.store);
  if (!system.exists(file)) return null;
  const store = openStoredCalls(resolve(system.cwd, file));
  try {
    return store.spent() ?? null;
  } finally {
    store.close();
  }
}

function estimateRows(config: Config, stages: readonly StageEstimate[], batch: boolean): RoleEstimate[] {
  const byRole = Map.groupBy(stages, ({ role }) => role);
  return [...byRole].flatMap(([role, own]): RoleEstimate[] => {
    const asks = sumOf(own, (c) => c.asks);
    const calls = Math.round(sumOf(own, (c) => c.calls));
    if (role === "external")
      return [{ role, model: "external systems", asks, calls, ...NO_TOKENS, costUsd: null }];
    const model = config.models[role];
    const [inputTokens, outputTokens] = [sumOf(own, (s) => s.inputTokens), sumOf(own, (s) => s.outputTokens)];
    const { price } = model;
    const isBatched = batch && providerOf(model).batched === true;
    const share = isBatched ? (price?.batch ?? 1) : 1;
    const cost = price ? (share * (inputTokens * price.input + outputTokens * price.output)) / 1e6 : null;
    return [
      {
        role,
        model: `${model.provider}:${model.model}`,
        asks,
        calls,
        inputTokens: Math.round(inputTokens),
        outputTokens: Math.round(outputTokens),
        costUsd: isSimulated(model) || providerOf(model).free ? 0 : cost,
        ...(isBatched && { batchPrice: price?.batch ?? null }),
      },
    ];
  });
}

const NO_TOKENS = { inputTokens: 0, outputTokens: 0 };

/** Whether it trains the base LLM, or has something trained outside. */
const isTrained = ({ tunes, implementation }: ConfiguredMethod): boolean =>
  tunes !== undefined || (implementation.kind === "method" && implementation.trainedBy !== undefined);

/** The lengths of prompts come from a few simulated users: nothing is paid. */
async function simulatedPilot(config: Config, { frozen: _, ...inputs }: Inputs) {
  const store = memoryStore();
  const model = (role: ModelRole): LanguageModel => {
    const { options, ...settings } = config.models[role];
    return cachedModel(createSimModel(isSimulated(settings) && options ? { options } : {}), store);
  };
  const { pool, ...known } = withKnownTraits(config.pool, inputs.imported);
  // A method that trains an LLM or an encoder cannot be simulated, its prompts are known; and a method of the user's own may
  // do what it likes, so its prompts are taken to be as long as those that hold the history.
  const methods = [
    ...config.methods.filter(({ object }) => object === undefined),
    { id: inContext.id, name: "a history" },
  ]
    .map((method, i) => createMethod(method, i))
    .filter((method) => !isTrained(method));
  return pilotTokens({
    methods,
    config: { ...config, pool, judge: { ...config.judge, weighted: false } },
    models: {
      base: model("base"),
      candidate: model("candidate"),
      rewriter: model("rewriter"),
      judge: model("judge"),
    },
    embedder: createSimEmbedder(),
    http: answeringAs(model("base")),
    store,
    ...inputs,
    ...known,
    observe: () => {},
    sink: { user: () => {}, sample: () => {} },
  });
}

/** External systems are not asked for an estimate: their answers are taken to be as long as the base LLM's. */
function answeringAs(base: LanguageModel): HttpClient {
  return {
    async postJson(_url, body) {
      const { prompt = "" } = JSON.parse([...body].join("")) as { prompt?: string };
      return { response: prompt === "" ? null : await generateText(base, plainMessages(prompt)) };
    },
  };
}

function totalOf(rows: readonly RoleEstimate[]): EstimateTotal {
  const models = rows.filter(({ role }) => role !== "external");
  return {
    asks: sumOf(rows, (r) => r.asks),
    calls: sumOf(rows, (r) => r.calls),
    inputTokens: sumOf(rows, (r) => r.inputTokens),
    outputTokens: sumOf(rows, (r) => r.outputTokens),
    costUsd: models.some((r) => r.costUsd === null) ? null : sumOf(models, (r) => r.costUsd ?? 0),
  };
}
