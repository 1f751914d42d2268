import { DEFAULTS } from "../../core/config/defaults.ts";
import { mergeConfigs, presetNamed } from "../../core/config/load.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import type { System } from "../../core/ports/system.ts";
import { providerOf } from "../../providers/registry.ts";
import { BASES, TARGET_IDS, TARGETS, type TargetId } from "../../studies/reproduce/grid.ts";
import { methodsOf, promptOptimizations, trainedHere } from "../../studies/reproduce/methods.ts";
import { missingCell, type ReproducedCell, type TargetCell } from "../../studies/reproduce/record.ts";
import { scaledUsers, scaledWorlds } from "../../studies/reproduce/scale.ts";
import { asksSimulation, type ConfigFlags } from "../overrides.ts";
import { completeConfig, layersOf, type ReadConfig } from "../resolve.ts";
import type { WantedCell } from "./sweep-cells.ts";

export interface ReproduceSettings {
  readonly target: TargetId | "all";
  /** Between 0 and 1: the part of the paper's users that take part. */
  readonly scale: number;
}

/** The cells of a target, in the order of the grid. */
function cellsOf(target: TargetId | "all"): TargetCell[] {
  return (target === "all" ? TARGET_IDS : [target]).flatMap((id) =>
    TARGETS[id].cells.map((cell) => ({ ...cell, target: id })),
  );
}

/** In the order of the grid. @param cells each with its target, base LLM's name and setting */
export function inGridOrder<T extends Pick<ReproducedCell, "target" | "base" | "setting">>(
  target: TargetId | "all",
  cells: readonly T[],
): T[] {
  const place = new Map(
    cellsOf(target).map((cell, i) => [placeOf(cell.target, BASES[cell.base].name, cell.setting), i]),
  );
  const at = ({ target: of, base, setting }: T): number => place.get(placeOf(of, base, setting)) as number;
  return cells.toSorted((a, b) => at(a) - at(b));
}

const placeOf = (...names: readonly string[]): string => names.join("\n");

/** A cell of the paper that can be tried. */
export interface TriedCell extends WantedCell {
  readonly cell: TargetCell;
}

/** What file, flags and presets make of the paper's cells. */
export interface ReproducePlan {
  readonly tried: readonly TriedCell[];
  readonly leftOut: readonly ReproducedCell[];
  /** What was read, and what is done otherwise than the presets say. */
  readonly read: ReadConfig;
  readonly budget: Config["budget"];
}

/** What stands for the style embedder where the models are simulated. */
const SIMULATED_STYLE: UserConfig = { models: { embedder: "sim:style" } };
const isOnStyle = ({ methods }: TargetCell): boolean => methods === "style" || methods === "style-tuned";

/**
 * Resolves every cell's configuration: preset of its base LLM, its own setting, file, flags, the later over the earlier;
 * then its methods, and numbers of users and worlds by the scale.
 * @throws UsageError for a wrong file or flag
 */
export async function planReproduce(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
  { target, scale }: ReproduceSettings,
): Promise<ReproducePlan> {
  const tried: TriedCell[] = [];
  const leftOut: ReproducedCell[] = [];
  const notes = new Set<string>();
  let first: { read: ReadConfig; budget: Config["budget"] } | undefined;
  for (const cell of cellsOf(target)) {
    const { base, setting, settings } = cell;
    const layer = { config: settings, from: () => `the paper's ${cell.target}` };
    const { merged: layers, read } = await layersOf(
      system,
      file,
      { ...flags, preset: BASES[base].preset },
      layer,
    );
    const merged = asksSimulation(flags) && isOnStyle(cell) ? mergeConfigs(layers, SIMULATED_STYLE) : layers;
    const config = completeConfig(system, merged);
    first ??= { read, budget: config.budget };
    // Of prompt optimization's own cells it is said cell by cell.
    if (cell.methods === "all" || cell.methods === "labels") for (const note of read.notes) notes.add(note);
    const trains = providerOf(config.models.base).tunable !== undefined;
    const paper = trains ? promptOptimizations(presetNamed(BASES[base].preset).methods ?? []) : [];
    const chosen = methodsOf(cell.methods, merged.methods ?? DEFAULTS.methods, paper.map(trainedHere));
    if ("leftOut" in chosen) {
      leftOut.push(missingCell(cell, "left out", chosen.leftOut));
      continue;
    }
    const users = scaledUsers(config.users, scale);
    // Worlds that somebody lists or counts are taken as they are.
    const asked = flags.worlds === undefined ? merged.worlds : undefined;
    const worlds = typeof asked === "number" ? { worlds: scaledWorlds(asked, scale) } : {};
    const written: UserConfig = mergeConfigs(merged, { users, methods: chosen.methods, ...worlds });
    tried.push({
      cell,
      values: { target: cell.target, base: BASES[base].name, setting },
      written: () => written,
      isSharedRun: true,
    });
  }
  const presets = [...new Set(cellsOf(target).map(({ base }) => BASES[base].preset))].join(" and ");
  const { read, budget } = first!;
  return { tried, leftOut, budget, read: { ...read, preset: presets, notes: [...notes] } };
}
