import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import { type Simulated, simulatedInAny } from "../../core/simulated.ts";
import { decodeText } from "../../core/text.ts";
import { type NameLists, parseNames, pickNames } from "../../studies/attribute-selection/names.ts";
import { selectionOutline } from "../../studies/attribute-selection/outline.ts";
import { type PoolSide, poolWith } from "../../studies/attribute-selection/pool.ts";
import {
  nameRatings,
  type RatingMatrix,
  type RawRatings,
  ratingsFromCsv,
  ratingsFromJsonl,
  ratingsFromNpy,
  ratingsFromNpz,
} from "../../studies/attribute-selection/ratings.ts";
import { type AttributeSelection, selectAttributes } from "../../studies/attribute-selection/select.ts";
import { type FinishedStudy, OWN_FOLDER } from "./finished-study.ts";
import { markBeside } from "./simulated-source.ts";

export interface SelectSettings {
  /** File of the candidates' names, and which of its lists. */
  readonly names?: string | undefined;
  readonly namesKey?: string | undefined;
  /** Bits: candidates whose scores have less are dropped. */
  readonly entropy: number;
  /** Further numbers of components to rotate. */
  readonly k: readonly number[];
  readonly seed: number;
  readonly out?: string | undefined;
  /** File for the representatives at the last `k`, as one side of a pool. */
  readonly savePool?: string | undefined;
  readonly side?: PoolSide | undefined;
}

/**
 * Which attributes or principles to build a benchmark on, from ratings in a file; no model is asked.
 * @throws UsageError for files that cannot be read, or names that do not fit
 */
export function runSelection(
  system: System,
  file: string,
  settings: SelectSettings,
): FinishedStudy<AttributeSelection & Partial<Simulated>> {
  if (settings.savePool !== undefined && settings.k.length === 0) {
    throw new UsageError("which solution should be saved is not said", {
      where: "--save-pool",
      remedy: "add --k with the number of representatives",
    });
  }
  const { ratings, key } = readRatings(system, file, settings);
  const mark = simulatedInAny([markBeside(system, file)]);
  const selection = selectAttributes(ratings, fold(rootKey(settings.seed), "parallel-analysis"), {
    entropy: settings.entropy,
    ks: settings.k,
  });
  const k = settings.k.at(-1);
  if (settings.savePool !== undefined) {
    const side = settings.side ?? (key === "user" ? "attributes" : "principles");
    savePool(system, settings.savePool, side, selection, k as number);
  }
  return {
    record: { ...(mark.simulated && mark), ...selection },
    outline: selectionOutline(selection, { source: file, mark, k }),
    folder: settings.out,
    files: OWN_FOLDER,
    also: [],
  };
}

function readRatings(
  system: System,
  file: string,
  { names: namesFile, namesKey }: SelectSettings,
): { ratings: RatingMatrix; key: string } {
  const lists = namesFile === undefined ? undefined : parseNames(parseJson(system, namesFile), namesFile);
  const pick = (columns: RawRatings["columns"]) => namesOf(lists, columns, namesKey, namesFile ?? file);
  const raw = readRaw(system, file, (columns) => pick(columns).names);
  const { key, names } = pick(raw.columns);
  return { ratings: nameRatings(raw, names, file), key };
}

function readRaw(
  system: System,
  file: string,
  wanted: (columns: readonly string[]) => readonly string[],
): RawRatings {
  if (file.endsWith(".npy")) return ratingsFromNpy(system.readFile(file), file);
  if (file.endsWith(".npz")) return ratingsFromNpz(system.readFile(file), file);
  if (file.endsWith(".csv")) return ratingsFromCsv(decodeText(system.readFile(file), file), file, wanted);
  if (file.endsWith(".jsonl")) return ratingsFromJsonl(system.readLines(file), file);
  throw new UsageError("the kind of file is not known", {
    where: file,
    remedy: "give ratings as .npy, .npz, .csv or .jsonl",
  });
}

function namesOf(
  lists: NameLists | undefined,
  columns: RawRatings["columns"],
  key: string | undefined,
  file: string,
): { key: string; names: readonly string[] } {
  if (lists !== undefined) return pickNames(lists, columns, key, file);
  if (typeof columns !== "number") return { key: "", names: columns };
  throw new UsageError(`the ${columns} columns have no names`, {
    where: file,
    remedy: "add --names with a JSON list of the candidates' names, in the order of the columns",
  });
}

function savePool(
  system: System,
  file: string,
  side: PoolSide,
  { solutions }: AttributeSelection,
  k: number,
): void {
  const solution = solutions.find((own) => own.k === k);
  if (solution === undefined) return;
  const pool = poolWith(system.exists(file) ? parseJson(system, file) : undefined, side, solution, file);
  system.writeFile(file, `${JSON.stringify(pool, null, 2)}\n`);
  const other = side === "principles" ? "attributes" : "principles";
  const count = pool[other]?.length;
  if (count === k) system.stderr(`${file} is a whole pool of ${k}\n`);
  else system.stderr(`${file}: ${k} ${side} and ${count ?? "no"} ${other}; a run needs ${k} of both\n`);
}
