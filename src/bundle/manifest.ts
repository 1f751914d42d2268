import { hash } from "node:crypto";
import { z } from "zod";
import { MAPPING_KINDS } from "../core/config/ids.ts";
import { UsageError } from "../core/errors.ts";
import { canonicalJson } from "../core/hash.ts";
import type { ModelRecord, ResultConfig } from "../core/run-record.ts";
import type { World } from "../world/mapping.ts";

/** Version of the form of a frozen set. */
export const BUNDLE_SCHEMA = "apm-bench/bundle@1";
export const MANIFEST = "manifest.json";
/** A manifest names a few files and worlds: a longer one is none. */
export const LONGEST_MANIFEST = 8_000_000;

/** The tables of a set, by their names in its folder: no other file is ever read. */
export const TABLES = ["users", "candidates", "answers", "rewards"] as const;
export type TableName = (typeof TABLES)[number];
export const tableFile = (name: TableName): string => `${name}.parquet`;

/** Size and hash of a file, and how many rows it has. */
export interface FileRecord {
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** What a frozen set says of itself: `manifest.json`. */
export interface Manifest {
  readonly schema: typeof BUNDLE_SCHEMA;
  readonly name: string;
  /** Of the program that froze it. */
  readonly version: string;
  /** Roles whose models were simulated. */
  readonly simulated: readonly string[];
  readonly licence: string;
  /** Of the run that was frozen: what decided its users, candidates, ratings and answers. */
  readonly config: ResultConfig;
  readonly models: Readonly<Record<"base" | "candidate" | "rewriter" | "judge", ModelRecord>>;
  /** Fingerprint of each prompt that was sent. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Absent from what participants get of hidden worlds. */
  readonly worlds?: readonly World[] | undefined;
  readonly users: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly replaced: { readonly train: number; readonly validation: number; readonly test: number };
    readonly imported?: string | undefined;
  };
  /** Whether test users have candidates with ratings. */
  readonly ratedTest: boolean;
  readonly hidden?: HiddenWorlds | undefined;
  readonly files: Readonly<Partial<Record<TableName, FileRecord>>>;
}

/** Worlds that nobody could have tuned to: what is told of them. */
export interface HiddenWorlds {
  /** One for each world: SHA-256 of its 128 bits, hexadecimal. */
  readonly commitments: readonly string[];
  /** The bits, hexadecimal: with the organiser, and with everybody once they are revealed. */
  readonly bits?: readonly string[] | undefined;
  /** The set that participants have, by its id; absent in that set itself. */
  readonly published?: string | undefined;
  /** ISO date of the reveal, once there was one. */
  readonly revealed?: string | undefined;
}

const count = z.int().min(0).max(10_000_000);
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const model = z.looseObject({ id: z.string().max(500), identity: z.string().max(20_000) });
const file = z.strictObject({
  sha256: hex(64),
  bytes: z
    .int()
    .min(0)
    .max(2 ** 40),
  rows: count,
});

/** `config` is checked as every configuration is, when it is used. */
const manifestShape = z.strictObject({
  schema: z.literal(BUNDLE_SCHEMA),
  name: z.string().min(1).max(200),
  version: z.string().max(50),
  simulated: z.array(z.string().max(50)).max(10),
  licence: z.string().max(200),
  config: z.looseObject({}),
  models: z.strictObject({ base: model, candidate: model, rewriter: model, judge: model }),
  prompts: z.record(z.string().max(100), z.string().max(100)),
  worlds: z
    .array(
      z.strictObject({
        seed: z.int(),
        kind: z.enum(MAPPING_KINDS),
        matrix: z.array(z.array(z.number()).max(1_000)).min(1).max(1_000),
      }),
    )
    .min(1)
    .max(10_000)
    .optional(),
  users: z.strictObject({
    ...{ train: count, validation: count, test: count.min(1) },
    replaced: z.strictObject({ train: count, validation: count, test: count }),
    imported: z.string().max(500).optional(),
  }),
  ratedTest: z.boolean(),
  hidden: z
    .strictObject({
      commitments: z.array(hex(64)).min(1).max(10_000),
      bits: z.array(hex(32)).min(1).max(10_000).optional(),
      published: hex(64).optional(),
      revealed: z.string().max(40).optional(),
    })
    .optional(),
  files: z.strictObject({
    users: file,
    candidates: file.optional(),
    answers: file.optional(),
    rewards: file.optional(),
  }),
});

/** @throws UsageError naming the first key that has another form */
export function checkedManifest(value: unknown, where: string): Manifest {
  const { schema } = (value ?? {}) as { schema?: unknown };
  if (schema !== BUNDLE_SCHEMA) {
    throw new UsageError(`this is no frozen set of this version (schema: ${String(schema).slice(0, 80)})`, {
      where,
      remedy: "give a folder that `apm-bench data freeze` wrote, or hf:OWNER/NAME",
    });
  }
  const parsed = manifestShape.safeParse(value);
  if (parsed.success) return parsed.data as unknown as Manifest;
  const [issue] = parsed.error.issues;
  throw new UsageError(`this manifest has another form at ${issue?.path.join(".")}: ${issue?.message}`, {
    where,
    remedy: "it was changed or damaged, or is of another version of apm-bench: fetch the set again",
  });
}

/**
 * What a set is called in records: SHA-256 of its manifest, which holds the hashes of all its tables. The date of a reveal
 * changes nothing of it.
 */
export function bundleId({ hidden, ...manifest }: Manifest): string {
  const { revealed: _, ...told } = hidden ?? {};
  return hash("sha256", canonicalJson({ ...manifest, ...(hidden && { hidden: told }) }), "hex");
}
