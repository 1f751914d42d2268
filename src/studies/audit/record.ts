import type { Config } from "../../core/config/resolved.ts";
import type { Direction } from "../../core/rating-scale.ts";
import type { ResultConfig, UsageRow } from "../../core/run-record.ts";
import type { Simulated } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import { resultConfig } from "../../pipeline/run.ts";
import type { Mapping, World } from "../../world/mapping.ts";
import { type AuditAnalysis, analyseAudit } from "./analyse.ts";
import type { AuditData } from "./collect.ts";
import { type GuessHits, guessedPairs } from "./guess-hits.ts";

/** Version of the shape of `audit.json`; scripts rely on it. */
const AUDIT_SCHEMA = "apm-bench/audit@1";

/** What the base LLM made of the names. */
interface GuessRecord extends GuessHits {
  /** Questions asked, and replies that could not be read. */
  readonly asked: number;
  readonly unusable: number;
  readonly pairs: readonly {
    readonly attribute: string;
    /** `null`: no usable reply for this attribute. */
    readonly principle: string | null;
    readonly direction: Direction | null;
    readonly score: number | null;
  }[];
  /** [attribute][principle], -10..10. */
  readonly scores: readonly (readonly number[] | null)[];
}

export interface AuditRecord extends Omit<AuditAnalysis, "guess">, Simulated {
  readonly schema: typeof AUDIT_SCHEMA;
  readonly version: string;
  readonly config: ResultConfig;
  readonly baseModel: string;
  readonly users: number;
  readonly worlds: readonly World[];
  /** The contrast world's mapping, and where it comes from. */
  readonly stereotype: { readonly source: "guess" | "file"; readonly matrix: Mapping } | null;
  readonly guess: GuessRecord;
  readonly usage: readonly UsageRow[];
}

/** What was asked, analysed and put in the shape that is written. */
export function auditRecord(
  config: Config,
  data: AuditData,
  margin: number,
  about: Pick<AuditRecord, "baseModel" | "usage"> & Simulated & { readonly fromFile: boolean },
): AuditRecord {
  const { guess, ...analysis } = analyseAudit(data, { margin });
  const { fromFile, usage, ...rest } = about;
  const { attributes, principles } = config.pool;
  const pairs = guessedPairs(data.guess);
  return {
    schema: AUDIT_SCHEMA,
    version: VERSION,
    ...rest,
    ...analysis,
    guess: {
      ...guess,
      asked: data.guess.asked,
      unusable: data.guess.unusable,
      pairs: attributes.map((attribute, i) => {
        const pair = pairs[i] ?? null;
        return {
          attribute,
          principle: pair === null ? null : (principles[pair.principle] as string),
          direction: pair?.direction ?? null,
          score: pair?.score ?? null,
        };
      }),
      scores: data.guess.scores,
    },
    stereotype:
      data.contrast === null
        ? null
        : { source: fromFile ? "file" : "guess", matrix: data.contrast.world.matrix },
    users: data.users.length,
    worlds: data.worlds.map(({ world }) => world),
    config: resultConfig(config),
    usage,
  };
}
