import type { ResultConfig, Results, UsageRow } from "../../core/run-record.ts";
import { type Simulated, simulatedInAny } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import type { Explanation } from "./analyse.ts";

/** Version of the shape of `explain.json`; scripts rely on it (docs/explain.md). */
const EXPLAIN_SCHEMA = "apm-bench/explain@1";

export interface ExplainRecord extends Explanation, Simulated {
  readonly schema: typeof EXPLAIN_SCHEMA;
  readonly version: string;
  readonly config: ResultConfig;
  readonly baseModel: string;
  readonly users: { readonly train: number; readonly validation: number; readonly test: number };
  readonly worlds: Results["worlds"];
  /** Where test users came from, when they were imported. */
  readonly imported: string | null;
  readonly usage: readonly UsageRow[];
}

/** What was found, in the shape that is written. */
export function explainRecord(
  results: Results,
  found: Explanation,
  usage: readonly UsageRow[],
): ExplainRecord {
  const { config, models, users, worlds } = results;
  return {
    schema: EXPLAIN_SCHEMA,
    version: VERSION,
    ...simulatedInAny([results]),
    baseModel: models.base.id,
    users: { train: users.train, validation: users.validation, test: users.test },
    imported: users.imported ?? null,
    ...found,
    worlds,
    config,
    usage,
  };
}
