import { join, resolve } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import type { ModelConfig } from "../core/config/schema.ts";
import { generateText } from "../core/generate-text.ts";
import type { HttpClient } from "../core/ports/http.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { Spending } from "../core/ports/store.ts";
import type { System } from "../core/ports/system.ts";
import { plainMessages } from "../core/prompt/prompts.ts";
import { createMethod } from "../methods/registry.ts";
import { estimateCalls } from "../pipeline/estimate-calls.ts";
import { hasOwnRatings } from "../pipeline/imported-users.ts";
import { pilotTokens } from "../pipeline/pilot.ts";
import { cachedModel } from "../providers/decorators/cached.ts";
import { isSimulated, providerOf } from "../providers/registry.ts";
import { createSimEmbedder } from "../providers/sim/embedder.ts";
import { createSimModel } from "../providers/sim/model.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import { memoryStore } from "../store/memory.ts";
import { openStoredCalls } from "../store/stored-calls.ts";
import { readInputs } from "./compose.ts";
import { withKnownTraits } from "./pilot-traits.ts";

/** How long a real model's texts are taken to be, in tokens. */
export interface AssumedLengths {
  readonly answerTokens: number;
  /** Reasoning included. */
  readonly judgeTokens: number;
}

/** What one role is asked in a whole run. */
export interface RoleEstimate {
  readonly role: ModelRole;
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
}

/** The sums over roles; no cost where some model has no price. */
export type EstimateTotal = Omit<RoleEstimate, "role" | "model">;

export interface Estimate {
  readonly rows: readonly RoleEstimate[];
  readonly total: EstimateTotal;
  /** What the run directory has spent already, of which a budget takes account; `null` where there is none yet. */
  readonly spent: Spending | null;
}

/** How many answers stand in a prompt, by which a longer answer lengthens it. */
const ANSWERS_WITHIN: Readonly<Record<string, number>> = { judge: 1, summarisePreference: 2, ragExemplar: 6 };
/** Prompts whose output is an answer to a user. */
const ANSWERING = new Set(["plain", "respond", "ragExemplar", "ragSummary", "inContext"]);

type Inputs = Awaited<ReturnType<typeof readInputs>>;

/**
 * Calls, tokens and cost of a run, before anything is paid: its inputs are read, and a few simulated users tell how long
 * prompts are.
 * @throws UsageError for wrong inputs
 */
export async function estimateRun(
  system: System,
  config: Config,
  lengths: AssumedLengths,
): Promise<Estimate> {
  const inputs = await readInputs(system, config);
  const test = inputs.imported?.length ?? config.users.test;
  const rows = await estimateRows({ ...config, users: { ...config.users, test } }, inputs, lengths);
  return { rows, total: totalOf(rows), spent: spentIn(system, config.out) };
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

async function estimateRows(
  config: Config,
  inputs: Inputs,
  lengths: AssumedLengths,
): Promise<RoleEstimate[]> {
  const tokens = await simulatedPilot(config, inputs);
  const simulatedAnswer = tokens.get("respond")?.output ?? tokens.get("plain")?.output ?? 0;
  const own = inputs.imported?.filter((user) => hasOwnRatings(user, config.pool)).length ?? 0;
  const rows = new Map<ModelRole, { calls: number; input: number; output: number }>();
  for (const { role, prompt, calls } of estimateCalls(config, own)) {
    const mean = tokens.get(prompt) ?? { input: 0, output: 0 };
    const simulated = isSimulated(config.models[role]);
    const answersReal = !isSimulated(config.models.candidate);
    const longer = answersReal ? (ANSWERS_WITHIN[prompt] ?? 0) * (lengths.answerTokens - simulatedAnswer) : 0;
    let output = mean.output;
    if (!simulated && ANSWERING.has(prompt)) output = lengths.answerTokens;
    if (!simulated && prompt === "judge") output = lengths.judgeTokens;
    const row = rows.get(role) ?? { calls: 0, input: 0, output: 0 };
    row.calls += calls;
    row.input += calls * (mean.input + longer);
    row.output += calls * output;
    rows.set(role, row);
  }
  return [...rows].map(([role, { calls, input, output }]) => {
    const model: ModelConfig = config.models[role];
    const cost = model.price ? (input * model.price.input + output * model.price.output) / 1e6 : null;
    return {
      role,
      model: `${model.provider}:${model.model}`,
      calls: Math.round(calls),
      inputTokens: Math.round(input),
      outputTokens: Math.round(output),
      costUsd: isSimulated(model) || providerOf(model).free ? 0 : cost,
    };
  });
}

/** The lengths of prompts come from a few simulated users: nothing is paid. */
async function simulatedPilot(config: Config, inputs: Inputs) {
  const store = memoryStore();
  const model = (role: ModelRole): LanguageModel => {
    const { options, ...settings } = config.models[role];
    return cachedModel(createSimModel(isSimulated(settings) && options ? { options } : {}), store);
  };
  const { pool, ...known } = withKnownTraits(config.pool, inputs.imported);
  // A method that trains the base LLM cannot be simulated; its prompts are the plain ones.
  const methods = config.methods.filter((method, i) => !createMethod(method, i).tunes);
  return pilotTokens({
    config: { ...config, pool, methods, judge: { ...config.judge, weighted: false } },
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
  const sum = (pick: (row: RoleEstimate) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  return {
    calls: sum((r) => r.calls),
    inputTokens: sum((r) => r.inputTokens),
    outputTokens: sum((r) => r.outputTokens),
    costUsd: rows.some((r) => r.costUsd === null) ? null : sum((r) => r.costUsd ?? 0),
  };
}
