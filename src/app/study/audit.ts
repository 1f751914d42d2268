import type { Config } from "../../core/config/resolved.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { simulatedIn } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import { checkAuditable, collectAudit } from "../../studies/audit/collect.ts";
import { auditOutline } from "../../studies/audit/outline.ts";
import { type AuditRecord, auditRecord } from "../../studies/audit/record.ts";
import { checkMapping } from "../../world/mapping.ts";
import { refuseOtherRun } from "./beside-run.ts";
import { executeInRun } from "./execute-study.ts";
import type { FinishedStudy } from "./finished-study.ts";

export interface AuditSettings {
  /** Lengths of truncated histories, in prompts and in words of each prompt; `undefined`: the usual ones. */
  readonly keepPrompts?: readonly number[] | undefined;
  readonly keepWords?: readonly number[] | undefined;
  /** How often the base LLM guesses about each attribute and its opposite. */
  readonly guesses: number;
  /** File with the contrast world's mapping, in place of the base LLM's guess. */
  readonly stereotype?: string | undefined;
  /** Gains up to this share of what full knowledge gains count as none. */
  readonly margin: number;
}

/** Names inside the run directory, beside those of the run itself. */
const FILES = { record: "audit.json", page: "audit.html" };

/**
 * Whether anything is gained that could only come from a leak.
 * @param config read where `configBesideRun` says
 * @throws UsageError for a configuration that cannot be audited, or a directory with another run
 */
export async function runAudit(
  system: System,
  config: Config,
  settings: AuditSettings,
  watcher: Watcher,
): Promise<FinishedStudy<AuditRecord>> {
  refuseOtherRun(system, config, "apm-bench audit");
  const { keepPrompts, keepWords, guesses, stereotype: file, margin } = settings;
  const stereotype =
    file === undefined
      ? undefined
      : checkMapping(parseJson(system, file), config.pool.principles.length, file);
  const plan = {
    truncations: {
      prompts: keepPrompts ?? (config.historyLength > 1 ? [1] : []),
      words: keepWords ?? [10],
    },
    draws: guesses,
    ...(stereotype === undefined ? {} : { stereotype }),
  };
  checkAuditable(config);
  const record = await executeInRun(system, config, watcher, async (run, observe) => {
    const sink = { user: () => {}, sample: () => {} };
    const { methods } = run.setup;
    const data = await collectAudit({ ...run.setup, observe, sink }, { ...plan, methods });
    const { models, embedder } = run.setup;
    return auditRecord(config, data, margin, {
      ...simulatedIn({ ...models, embedder }),
      baseModel: models.base.id,
      fromFile: stereotype !== undefined,
      usage: run.usage(),
    });
  });
  return { record, outline: auditOutline(record), folder: config.out, files: FILES, also: [] };
}
