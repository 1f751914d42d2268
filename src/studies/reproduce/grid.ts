import type { PresetName } from "../../core/config/ids.ts";
import type { UserConfig } from "../../core/config/schema.ts";

/** The base LLMs of the paper, each with the preset that is its set-up. */
export const BASES = {
  qwen: { name: "Qwen3.5-27B", preset: "paper" },
  llama: { name: "Llama-3.1-8B-Instruct", preset: "paper-llama" },
} as const satisfies Record<string, { name: string; preset: PresetName }>;

export type BaseId = keyof typeof BASES;

/**
 * Which methods a cell runs:
 * - `all`: those of the preset;
 * - `labels`: routing under every label strategy, beside the oracle;
 * - `dpo`, `simpo`: prompt optimization by that loss;
 * - `style`, `style-tuned`: prompt optimization on a style embedder, frozen or trained along.
 */
export type CellMethods = "all" | "labels" | "dpo" | "simpo" | "style" | "style-tuned";

/** One run of the paper: a base LLM, a setting, so many worlds. */
export interface PaperCell {
  readonly base: BaseId;
  /** In words, as a row of a table says it; one cell a target, base LLM and setting. */
  readonly setting: string;
  /** Over the preset, under file and flags. */
  readonly settings: UserConfig;
  readonly methods: CellMethods;
}

export interface PaperTarget {
  /** What the paper shows there. */
  readonly title: string;
  readonly cells: readonly PaperCell[];
}

/** Worlds of the main results and of ablations. */
const [MAIN, FEW] = [10, 5];
const BOTH: readonly BaseId[] = ["qwen", "llama"];
const ACTIVE = [1, 2] as const;

const cell = (
  base: BaseId,
  setting: string,
  settings: UserConfig,
  methods: CellMethods = "all",
): PaperCell => ({ base, setting, settings, methods });

/** The embedder that tells styles apart, on a server of its own beside those of the presets. */
const ON_STYLE: UserConfig = {
  activeAttributes: 1,
  worlds: FEW,
  models: {
    embedder: {
      provider: "openai",
      model: "AnnaWegmann/Style-Embedding",
      baseUrl: "http://localhost:8004/v1",
      concurrency: 16,
    },
  },
};

/** For both numbers of active attributes, and each of some base LLMs. */
const byActive = (
  bases: readonly BaseId[],
  settings: UserConfig,
  methods: CellMethods = "all",
  words = "",
): PaperCell[] =>
  bases.flatMap((base) =>
    ACTIVE.map((m) =>
      cell(base, `${words}m = ${m}`, { ...settings, activeAttributes: m, worlds: MAIN }, methods),
    ),
  );

/** One setting changed in the main grid's cell of Qwen and m = 1, with the five worlds of an ablation. */
const ablation = <T>(values: readonly T[], words: (value: T) => string, settings: (value: T) => UserConfig) =>
  values.map((value) => cell("qwen", words(value), { ...settings(value), activeAttributes: 1, worlds: FEW }));

/**
 * The runs behind the paper's tables and figures, as its pipeline's jobs define them. Where an ablation leaves out the main
 * grid's own value (K = 10, h = 2), the value is a cell here, too: its calls are the main grid's.
 */
export const TARGETS = {
  "main-grid": { title: "Main grid: every method, both base LLMs", cells: byActive(BOTH, {}) },
  fig4: { title: "Figure 4: label strategies of routing", cells: byActive(BOTH, {}, "labels") },
  fig5: {
    title: "Figure 5: a dense mapping",
    cells: byActive(["qwen"], { mapping: { kind: "gaussian" } }, "all", "Gaussian C, "),
  },
  pools: {
    title: "Number of attributes and principles K",
    cells: ablation(
      ["k2", "k4", "k6", "k8", "k10"],
      (pool) => pool,
      (pool) => ({ pool }),
    ),
  },
  history: {
    title: "Length of the history h",
    cells: ablation(
      [1, 2, 4],
      (h) => `h = ${h}`,
      (historyLength) => ({ historyLength }),
    ),
  },
  "train-size": {
    title: "Number of train users",
    cells: ablation(
      [500, 1000, 2000, 4000],
      (n) => `${n.toLocaleString("en-US")} train users`,
      (train) => ({ users: { train } }),
    ),
  },
  simpo: {
    title: "Loss of prompt optimization",
    cells: [
      cell("llama", "SimPO", { activeAttributes: 1, worlds: MAIN }, "simpo"),
      cell("llama", "DPO", { activeAttributes: 1, worlds: MAIN }, "dpo"),
    ],
  },
  style: {
    title: "Embedder of prompt optimization",
    cells: [
      cell("llama", "style embedder, frozen", ON_STYLE, "style"),
      cell("llama", "style embedder, trained along", ON_STYLE, "style-tuned"),
    ],
  },
} as const satisfies Record<string, PaperTarget>;

export type TargetId = keyof typeof TARGETS;
export const TARGET_IDS = Object.keys(TARGETS) as readonly TargetId[];
