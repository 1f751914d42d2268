import { join } from "node:path";
import { DEFAULTS } from "../../core/config/defaults.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import { simulatedInAny } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import type { Watcher } from "../../core/watch.ts";
import { resultConfig } from "../../pipeline/run.ts";
import { writeConfig } from "../../run-folder/run-directory.ts";
import {
  ABLATION_NAMES,
  ABLATIONS,
  type Ablation,
  type AblationName,
  ablationSettings,
  withOwnVariations,
} from "../../studies/sweep/ablations.ts";
import { learningCurves } from "../../studies/sweep/learning-curves.ts";
import { sweepOutline } from "../../studies/sweep/outline.ts";
import {
  type FailedCell,
  SWEEP_SCHEMA,
  type SweepRecord,
  sweepCells,
  totalUsage,
} from "../../studies/sweep/record.ts";
import { type CellValues, combinations, shownCell, type Variation } from "../../studies/sweep/vary.ts";
import type { ConfigFlags } from "../overrides.ts";
import { loadOwnMethods } from "../own-methods.ts";
import { completeConfig, type LayeredConfig, layersOf } from "../resolve.ts";
import { refuseRunDirectory } from "./execute-study.ts";
import { executeSweep } from "./execute-sweep.ts";
import type { FinishedStudy } from "./finished-study.ts";
import { cellsOfValues, planCells, refuseSameCells } from "./sweep-cells.ts";

export interface SweepSettings {
  readonly vary: readonly Variation[];
  readonly ablation?: AblationName | undefined;
  /** Leave out cells whose configuration is wrong, instead of refusing the sweep. */
  readonly skipInvalid?: boolean | undefined;
  /** The address of a database whose workers make the calls. */
  readonly queue?: string | undefined;
}

/** Names inside a sweep's directory: a contract with scripts. */
const FILES = { record: "sweep.json", page: "sweep.html" };

/** What preset, file and flags say for a sweep; an ablation may bring a preset and settings of its own. @throws UsageError */
export function sweepLayers(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
  name: AblationName | undefined,
): Promise<LayeredConfig> {
  if (name === undefined) return layersOf(system, file, flags);
  const ablation: Ablation = ABLATIONS[name];
  const isPresetNamed = flags.preset !== "default";
  const preset = isPresetNamed ? flags.preset : (ablation.preset ?? flags.preset);
  const config = ablationSettings(ablation, isPresetNamed);
  return layersOf(system, file, { ...flags, preset }, { config, from: () => `ablation ${name}` });
}

/**
 * The benchmark for every combination of some keys' values, every shared call paid once.
 * @param user what `sweepLayers` gives, merged
 * @param out the sweep's directory, where one is named
 * @returns besides the study how many cells failed while they ran; those left out before do not count
 * @throws UsageError for cells that cannot be run; StoppedError at the budget's end
 */
export async function runSweep(
  system: System,
  user: UserConfig,
  out: string | undefined,
  { vary, ablation: name, skipInvalid = false, queue }: SweepSettings,
  watcher: Watcher,
): Promise<FinishedStudy<SweepRecord> & { readonly failures: number }> {
  const ablation: Ablation | undefined = name === undefined ? undefined : ABLATIONS[name];
  const keys = ablation === undefined ? [...vary] : withOwnVariations(ablation, vary);
  if (keys.length === 0) {
    throw new UsageError("nothing is varied", {
      where: "sweep",
      remedy: `name keys with --vary, or one of the ablations: ${ABLATION_NAMES.join(", ")}`,
    });
  }
  const folder = name === undefined ? "sweep" : `sweep-${name}`;
  const base = { ...completeConfig(system, user), out: out ?? join("runs", folder) };
  await loadOwnMethods(system, base.methods);
  const cellValues = combinations(keys);
  const shared = withSharedConversations(user, base, cellValues);
  const { planned, wrong } = await planCells(system, base, cellsOfValues(shared, base, cellValues));
  refuseSameCells(planned);
  if (wrong.length > 0 && (!skipInvalid || planned.length === 0)) throw wrongCells(wrong, planned.length);
  for (const { values, error } of wrong) system.stderr(`left out: ${shownCell(values)}: ${error}\n`);
  refuseRunDirectory(system, base.out);

  const { finished, failed, storedCalls } =
    queue === undefined
      ? await executeSweep(system, base, planned, watcher)
      : await (await import("../cluster/coordinate-sweep.ts")).coordinateSweep(
          system,
          base,
          planned,
          queue,
          watcher,
        );
  writeConfig(system, base.out, base);
  const cells = sweepCells(finished);
  const record: SweepRecord = {
    schema: SWEEP_SCHEMA,
    version: VERSION,
    ...simulatedInAny(finished.map(({ results }) => results)),
    ablation: name ?? null,
    keys,
    config: resultConfig(base),
    cells,
    failed: [...wrong, ...failed],
    learningCurves: learningCurves(
      finished,
      fold(rootKey(base.seed), "learning-curves"),
      base.statistics.resamples,
    ),
    usage: totalUsage(cells.map(({ usage }) => usage)),
    storedCalls,
  };
  return {
    record,
    outline: sweepOutline(record),
    folder: base.out,
    files: FILES,
    also: ["cells"],
    failures: failed.length,
  };
}

/** As many conversations a user in every cell as the longest history needs: cells are about the same prompts. */
function withSharedConversations(user: UserConfig, base: Config, cells: readonly CellValues[]): UserConfig {
  const lengths = cells.map(({ historyLength = base.historyLength }) => Number(historyLength));
  const { conversations } = user;
  if (conversations?.perUser !== undefined || new Set(lengths).size < 2) return user;
  const perUser = Math.max(base.conversations.perUser, ...lengths.map((length) => length + 1));
  if (conversations?.source === undefined || conversations.source === DEFAULTS.conversations.source)
    return user;
  return { ...user, conversations: { ...conversations, perUser } };
}

function wrongCells(wrong: readonly FailedCell[], others: number): UsageError {
  const lines = wrong.map(
    ({ values, error, where }) => `  ${shownCell(values)}: ${error}${where === null ? "" : ` (${where})`}`,
  );
  return new UsageError(
    `${wrong.length} of ${wrong.length + others} cells cannot be run:\n${lines.join("\n")}`,
    {
      where: "--vary",
      remedy: others > 0 ? "correct the values, or run the others with --skip-invalid" : "correct the values",
    },
  );
}
