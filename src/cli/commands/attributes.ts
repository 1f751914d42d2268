import { Command, InvalidArgumentError } from "commander";
import { isFromSimulation } from "../../app/study/simulated-source.ts";
import { writeStudy } from "../../app/study/write-study.ts";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { type NameLists, parseNames, pickNames } from "../../studies/attribute-selection/names.ts";
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
import {
  antonymTable,
  candidateTable,
  eigenvalueTable,
  loadingsTable,
  selectionFigures,
  selectionWords,
  solutionTable,
} from "../../studies/attribute-selection/report.ts";
import {
  type AttributeSelection,
  SELECTION_DEFAULTS,
  selectAttributes,
} from "../../studies/attribute-selection/select.ts";
import { wholeNumber } from "../options.ts";
import { attributesRateCommand } from "./attributes-rate.ts";

interface SelectFlags {
  readonly names?: string;
  readonly namesKey?: string;
  readonly entropy: number;
  readonly k: number[];
  readonly seed: number;
  readonly out?: string;
  readonly savePool?: string;
  readonly side?: PoolSide;
  readonly json?: boolean;
}

/** Loadings shown for each component on a terminal. */
const SHOWN = 4;

/** `attributes`: which attributes or principles to build a benchmark on. */
export function attributesCommand(system: System): Command {
  const command = new Command("attributes").description(
    "choose user attributes or response principles from ratings",
  );
  command
    .command("select")
    .description(
      "entropy filter, components, parallel analysis and varimax of a rating matrix; asks no model",
    )
    .argument("<ratings>", "conversations x candidates: .npy, .npz, .csv or .jsonl")
    .option("--names <file>", "JSON list of the candidates' names, or an object of such lists")
    .option("--names-key <key>", "which list of the names file (by default the one that fits)")
    .option(
      "--entropy <bits>",
      "drop candidates whose scores have less",
      realNumber,
      SELECTION_DEFAULTS.entropy,
    )
    .option(
      "--k <k>",
      "also rotate this many components; may be repeated",
      (text: string, before: number[]) => [...before, wholeNumber(text)],
      [],
    )
    .option("--seed <n>", "seed of the random data", wholeNumber, 0)
    .option("--out <dir>", "write tables, figures, results.json and report.html to this folder")
    .option("--save-pool <file>", "write the representatives at the last --k as one side of a pool")
    .option(
      "--side <side>",
      "which side of the pool: attributes or principles (by default after --names-key)",
      poolSide,
    )
    .option("--json", "print the selection as JSON")
    .action((file: string, flags: SelectFlags) => select(system, file, flags));
  return command.addCommand(attributesRateCommand(system));
}

async function select(system: System, file: string, flags: SelectFlags): Promise<void> {
  if (flags.savePool !== undefined && flags.k.length === 0) {
    throw new UsageError("which solution should be saved is not said", {
      where: "--save-pool",
      remedy: "add --k with the number of representatives",
    });
  }
  const { ratings, key } = readRatings(system, file, flags);
  const settings = { entropy: flags.entropy, ks: flags.k };
  const simulated = isFromSimulation(system, file);
  const selection = selectAttributes(ratings, fold(rootKey(flags.seed), "parallel-analysis"), settings);
  const record = simulated ? { simulated, ...selection } : selection;
  if (flags.out !== undefined) {
    const tables = [
      solutionTable(selection),
      ...selection.solutions.map((solution) => loadingsTable(solution, Number.POSITIVE_INFINITY)),
      antonymTable(selection),
      eigenvalueTable(selection),
      candidateTable(selection),
    ];
    const figures = await selectionFigures(selection);
    const words = selectionWords(selection);
    await writeStudy(system, flags.out, record, {
      title: "Which attributes or principles to build on?",
      subtitle: `Ratings: ${file}. Components of their correlations, rotated (raw varimax).`,
      simulated,
      words,
      tables,
      figures,
    });
  }
  if (flags.savePool !== undefined) {
    const side = flags.side ?? (key === "user" ? "attributes" : "principles");
    savePool(system, flags.savePool, side, selection, flags.k.at(-1) as number);
  }
  if (flags.json) system.stdout(`${JSON.stringify(record)}\n`);
  else system.stdout((simulated ? `${SIMULATED}\n\n` : "") + shown(selection, flags));
}

function readRatings(
  system: System,
  file: string,
  { names: namesFile, namesKey }: SelectFlags,
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
  if (file.endsWith(".csv")) return ratingsFromCsv(system.readLines(file), file, wanted);
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

function shown(selection: AttributeSelection, { out, k }: SelectFlags): string {
  const last = selection.solutions.find((solution) => solution.k === k.at(-1)) ?? selection.solutions.at(-1);
  const parts = [
    selectionWords(selection).join("\n"),
    textTable(solutionTable(selection)),
    ...(last === undefined ? [] : [`k = ${last.k}`, textTable(loadingsTable(last, SHOWN))]),
    ...(out === undefined ? [] : [`wrote ${out}`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function realNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("write a number.");
  return value;
}

function poolSide(text: string): PoolSide {
  if (text === "attributes" || text === "principles") return text;
  throw new InvalidArgumentError("write attributes or principles.");
}
