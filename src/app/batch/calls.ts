import { join, resolve } from "node:path";
import type { Config } from "../../core/config/resolved.ts";
import type { Spending } from "../../core/ports/store.ts";
import type { System } from "../../core/ports/system.ts";
import type { MissingRequest } from "../../providers/files/desk.ts";
import { type AnswerFiles, openAnswerFiles } from "./answer-files.ts";
import type { Reached } from "./pass.ts";
import { type RequestFile, requestFiles } from "./request-files.ts";
import { type Found, type MissingCalls, type Role, visit } from "./visit.ts";

/** What an export has found. */
export interface ExportSummary {
  readonly out: string;
  readonly files: readonly RequestFile[];
  /** All requests that the next stage is missing, written down or not. */
  readonly missing: MissingCalls;
  readonly reached: Reached;
}

export interface ExportOptions {
  /** Whose requests are written; all roles' where none is named. */
  readonly roles: readonly Role[];
  /** Folder for the files; a new one in the run directory when not given. */
  readonly out?: string | undefined;
  /** Most requests to write, to try a server with a few. */
  readonly limit?: number | undefined;
}

/**
 * Writes the requests that a run is missing now, as far as stored answers let it go; nothing is sent.
 * @throws UsageError for wrong inputs, or a directory in use; ApmError for what fails on the way
 */
export async function exportCalls(
  system: System,
  config: Config,
  { roles, out = nextFolder(system, config.out), limit = Number.POSITIVE_INFINITY }: ExportOptions,
): Promise<ExportSummary> {
  const files = requestFiles(system, out);
  let written = 0;
  try {
    const take = (request: MissingRequest): void => {
      const isWanted = roles.length === 0 || roles.includes(request.role);
      if (!isWanted || written >= limit) return;
      written++;
      files.add(request);
    };
    return await visit(system, config, undefined, take, ({ missing, reached }) => {
      return { out, files: files.close(), missing, reached };
    });
  } catch (error) {
    files.discard();
    throw error;
  }
}

/** The first of `batch/round-1`, `batch/round-2`, ... that is not there yet. */
function nextFolder(system: Pick<System, "exists">, dir: string): string {
  for (let i = 1; ; i++) {
    const folder = join(dir, "batch", `round-${i}`);
    if (!system.exists(folder)) return folder;
  }
}

/** What an import has done. */
export interface ImportSummary {
  readonly lines: number;
  /** Answers that were taken into the store. */
  readonly stored: number;
  /** Requests that were refused for good: they count as missing, and are not asked again. */
  readonly refusedRequests: number;
  /** Answers to requests that have one already. */
  readonly there: number;
  /** Answers to what this run does not ask, or not yet: they were left out. */
  readonly unasked: number;
  readonly repeated: number;
  /** Requests without a usable answer, by reason: the next export has them again. */
  readonly left: Readonly<Record<string, number>>;
  /** Lines that are none of ours, or broken, by reason. */
  readonly refused: Readonly<Record<string, { readonly count: number; readonly first: string }>>;
  readonly spent: Spending;
  readonly missing: MissingCalls;
  readonly reached: Reached;
}

/**
 * Stores the answers of batch files: the run goes as far as they let it, and takes from them what it asks for. So each is
 * read as if a server had sent it; what nobody asks for is left out.
 * @throws UsageError for a file that cannot be read, wrong inputs, or a directory in use; ApmError for what fails on the way
 */
export async function importCalls(
  system: System,
  config: Config,
  paths: readonly string[],
): Promise<ImportSummary> {
  const files = await openAnswerFiles(paths.map((path) => resolve(system.cwd, path)));
  try {
    const used = new Set<string>();
    const answers = (key: string) => {
      const answer = files.get(key);
      if (answer !== undefined) used.add(key);
      return answer;
    };
    const missing = new Set<string>();
    const take = ({ key }: MissingRequest): void => void missing.add(key);
    return await visit(system, config, answers, take, (found, isStored) =>
      summaryOf(files, used, missing, found, isStored),
    );
  } finally {
    files.close();
  }
}

function summaryOf(
  { tally, keys }: AnswerFiles,
  used: ReadonlySet<string>,
  missing: ReadonlySet<string>,
  found: Found,
  isStored: (key: string) => boolean,
): ImportSummary {
  const counts = { stored: 0, refusedRequests: 0, there: 0, unasked: 0 };
  const left = new Map(tally.left);
  for (const key of keys()) {
    if (!used.has(key)) counts[isStored(key) ? "there" : "unasked"]++;
    else if (missing.has(key)) left.set(FLAWED, (left.get(FLAWED) ?? 0) + 1);
    else counts[isStored(key) ? "stored" : "refusedRequests"]++;
  }
  return {
    lines: tally.lines,
    ...counts,
    repeated: tally.repeated,
    left: Object.fromEntries(left),
    refused: Object.fromEntries(tally.refused),
    ...found,
  };
}

const FLAWED = "refused or flawed: put otherwise, or asked again";
