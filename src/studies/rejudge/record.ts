import type { Config } from "../../core/config/resolved.ts";
import type { ModelRecord, UsageRow } from "../../core/run-record.ts";
import type { Simulated } from "../../core/simulated.ts";
import type { RejudgeAnalysis } from "./analyse.ts";

/** Version of the shape of `rejudge.json`; scripts rely on it. */
export const REJUDGE_SCHEMA = "apm-bench/rejudge@1";

interface JudgeRecord extends ModelRecord {
  readonly settings: Config["judge"];
}

export interface RejudgeRecord extends RejudgeAnalysis, Simulated {
  readonly schema: typeof REJUDGE_SCHEMA;
  readonly version: string;
  /** The run whose answers were judged, as it was named. */
  readonly run: string;
  readonly judges: { readonly first: JudgeRecord; readonly second: JudgeRecord };
  /** Of the second judge. */
  readonly usage: readonly UsageRow[];
}
