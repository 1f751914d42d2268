import { builtinConversations } from "../../src/catalog/conversations.ts";
import { checkPool, poolNamed } from "../../src/catalog/pools.ts";
import type { ImportedUser } from "../../src/conversations/imported.ts";
import { resolveConfig } from "../../src/core/config/load.ts";
import type { Config } from "../../src/core/config/resolved.ts";
import type { UserConfig } from "../../src/core/config/schema.ts";
import type { LanguageModel, ModelRole } from "../../src/core/ports/language-model.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { fold, rootKey } from "../../src/core/random.ts";
import type { Sample, UserRecord } from "../../src/core/run-record.ts";
import { createMethod } from "../../src/methods/registry.ts";
import { type RunOutcome, runBenchmark } from "../../src/pipeline/run.ts";
import type { RunSetup } from "../../src/pipeline/run-setup.ts";
import { cachedModel } from "../../src/providers/decorators/cached.ts";
import { createSimEmbedder } from "../../src/providers/sim/embedder.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import type { Strengths } from "../../src/providers/sim/strengths.ts";
import { infer } from "../../src/statistics/crossed.ts";
import { pairedDifferences } from "../../src/statistics/differences.ts";
import { meanOverWorlds } from "../../src/statistics/linearised.ts";
import { memoryStore } from "../../src/store/memory.ts";
import type { Mapping } from "../../src/world/mapping.ts";

export interface SimRunOptions {
  readonly strengths?: Partial<Strengths>;
  readonly imported?: readonly ImportedUser[];
  readonly matrix?: Mapping;
  /** Shared by runs that may reuse each other's calls. */
  readonly store?: Store;
  /** Listens to, or takes the place of, the model of a role. */
  readonly wrap?: (model: LanguageModel, role: ModelRole) => LanguageModel;
}

/** Of the simulated rewriter's texts some are empty, so that users are replaced. */
export const failingRewrites: SimRunOptions["wrap"] = (model, role) => ({
  ...model,
  async generate(request) {
    const result = await model.generate(request);
    return role === "rewriter" && result.text.length % 11 === 0 ? { ...result, text: "" } : result;
  },
});

/** A run in this process: what it found, and the records that the command line would write. */
export interface SimRun {
  readonly outcome: RunOutcome;
  readonly samples: readonly Sample[];
  readonly users: readonly UserRecord[];
}

function simConfig(settings: UserConfig): Config {
  return resolveConfig(settings, (pool) => {
    if (typeof pool === "string") return poolNamed(pool);
    checkPool(pool, "pool");
    return pool;
  });
}

/** What a run on the simulated model needs; its records go to `sink`. */
export function simSetup(settings: UserConfig, options: SimRunOptions = {}, sink = nowhere): RunSetup {
  const { strengths = {}, imported, matrix, store = memoryStore(), wrap = (model) => model } = options;
  const config = simConfig(settings);
  const key = fold(rootKey(config.seed), "conversations");
  const model = (role: ModelRole): LanguageModel =>
    wrap(cachedModel(createSimModel({ options: strengths }), store), role);
  return {
    config,
    methods: config.methods.map((method, i) => createMethod(method, i)),
    models: {
      base: model("base"),
      candidate: model("candidate"),
      rewriter: model("rewriter"),
      judge: model("judge"),
    },
    embedder: createSimEmbedder(),
    http: { postJson: () => Promise.reject(new Error("no method of this run asks a system outside")) },
    store,
    conversations: { train: builtinConversations("train", key), test: builtinConversations("test", key) },
    ...(imported === undefined ? {} : { imported }),
    ...(matrix === undefined ? {} : { matrix }),
    observe: () => {},
    sink,
  };
}

const nowhere: RunSetup["sink"] = { user: () => {}, sample: () => {} };

/** The benchmark on the simulated model, in memory. */
export async function simRun(settings: UserConfig, options: SimRunOptions = {}): Promise<SimRun> {
  const samples: Sample[] = [];
  const users: UserRecord[] = [];
  const sink: RunSetup["sink"] = {
    user: (record) => users.push(record),
    sample: (record) => samples.push(record),
  };
  return { outcome: await runBenchmark(simSetup(settings, options, sink)), samples, users };
}

/** Test users of one run as imported users of the next. */
export function asImported(users: readonly UserRecord[]): ImportedUser[] {
  return users.map(({ user, attributes, history, prompt }) => ({
    user,
    attributes,
    prompts: [...history, prompt],
  }));
}

/** How much one method's rewards exceed another's on the same users and worlds, with the paired test's p-value. */
export function gainOver({ samples }: SimRun, method: string, other: string): { gain: number; p: number } {
  const rewards = (name: string): (number | null)[][] => {
    const byWorld = Map.groupBy(
      samples.filter((s) => s.method === name),
      (s) => s.world,
    );
    return [...byWorld.values()].map((world) => world.map((s) => s.reward));
  };
  const differences = pairedDifferences(rewards(method), rewards(other));
  const found = infer(meanOverWorlds(differences));
  return { gain: found?.estimate ?? Number.NaN, p: found?.pValue ?? Number.NaN };
}

/** How often a method chose exactly the style that the user's strongest target asks for. */
export function accuracyOf({ outcome }: SimRun, method: string): number {
  const counts = outcome.methods.find((m) => m.name === method)?.labels ?? [];
  const total = counts.flat().reduce((a, b) => a + b, 0);
  return counts.reduce((sum, row, i) => sum + (row[i] as number), 0) / total;
}

export function summaryOf({ outcome }: SimRun, method: string) {
  const found = outcome.methods.find((m) => m.name === method);
  if (found === undefined) throw new Error(`no method ${method}`);
  return found.summary;
}
