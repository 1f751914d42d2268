import type { UserConfig } from "../../src/core/config/schema.ts";
import type { LanguageModel, ModelRole } from "../../src/core/ports/language-model.ts";
import type { UsageRow } from "../../src/core/run-record.ts";
import type { ConfiguredMethod } from "../../src/methods/registry.ts";
import { runBenchmark } from "../../src/pipeline/run.ts";
import type { RunSetup } from "../../src/pipeline/run-setup.ts";
import { guardedEmbedder } from "../../src/providers/decorators/embedding.ts";
import { guardedModel } from "../../src/providers/decorators/guarded.ts";
import { guardedHttp } from "../../src/providers/decorators/guarded-http.ts";
import { usageMeter } from "../../src/providers/decorators/metered.ts";
import { createSimEmbedder } from "../../src/providers/sim/embedder.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { simSetup } from "./sim-run.ts";

/** A run on the simulated model whose every call is counted, the embedder's and an external system's, too. */
export async function meteredRun(
  settings: UserConfig,
  wrap: (model: LanguageModel, role: ModelRole) => LanguageModel = (model) => model,
): Promise<{ run: RunSetup; methods: readonly ConfiguredMethod[]; usage: UsageRow[] }> {
  const setup = simSetup(settings);
  const meter = usageMeter();
  const guards = { store: setup.store, meter };
  const bare = (role: ModelRole): LanguageModel => wrap(createSimModel({}), role);
  const model = (role: ModelRole): LanguageModel => guardedModel(bare(role), role, guards);
  const embedder = createSimEmbedder();
  const run: RunSetup = {
    ...setup,
    models: {
      base: model("base"),
      candidate: model("candidate"),
      rewriter: model("rewriter"),
      judge: model("judge"),
    },
    embedder: guardedEmbedder(
      {
        ...embedder,
        batch: 32,
        embed: async (texts) => ({ vectors: await embedder.embed(texts), inputTokens: texts.length }),
      },
      guards,
    ),
    http: guardedHttp(
      {
        async postJson(url, body) {
          const { prompt } = JSON.parse([...body].join("")) as { prompt?: string };
          return { response: `${url} on ${prompt}` };
        },
      },
      () => guards,
    ),
    repeated: (role, asks) => meter.repeated(role, bare(role), asks),
  };
  await runBenchmark(run);
  return { run, methods: run.methods, usage: meter.rows() };
}

/** A run's usage, summed over the models of a role. */
export function usageByRole(
  rows: readonly UsageRow[],
): Record<string, { asks: number; calls: number; repeats: number }> {
  const sums: Record<string, { asks: number; calls: number; repeats: number }> = {};
  for (const { role, calls, cacheHits, repeats } of rows) {
    const sum = (sums[role] ??= { asks: 0, calls: 0, repeats: 0 });
    sum.asks += calls + cacheHits - repeats;
    sum.calls += calls;
    sum.repeats += repeats;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, { asks }]) => asks > 0));
}
