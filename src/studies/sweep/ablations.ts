import type { UserConfig } from "../../core/config/schema.ts";
import type { Variation } from "./vary.ts";

/** A sweep that is ready to be run: what the paper varies, at a size that the simulated model carries in a minute or two. */
export interface Ablation {
  /** What it asks. */
  readonly question: string;
  /** The preset that it starts from, where a person names none. */
  readonly preset?: string;
  /** Settings over defaults and preset, under configuration file and flags. */
  readonly settings: UserConfig;
  /** Numbers of users where no preset is named, whose own would otherwise hold. */
  readonly users?: UserConfig["users"];
  readonly vary: readonly Variation[];
}

const USERS = { train: 300, validation: 60, test: 200 };

export const ABLATIONS = {
  labels: {
    question: "Which label should routing learn from the rewards? (the paper's Figure 4)",
    users: USERS,
    settings: { methods: ["routing-oracle", "routing", "majority-routing"] },
    vary: [{ key: "methods.routing.labels", values: ["margin", "one-sided", "two-sided", "soft"] }],
  },
  mapping: {
    question:
      "Does the ranking hold for a dense mapping, and for two active attributes? (the paper's Figure 5)",
    users: USERS,
    settings: {},
    vary: [
      { key: "mapping.kind", values: ["signed-permutation", "gaussian"] },
      { key: "activeAttributes", values: [1, 2] },
    ],
  },
  pools: {
    question: "How does the number of attributes and principles K matter?",
    users: USERS,
    settings: {},
    vary: [{ key: "pool", values: ["k2", "k4", "k6", "k8", "k10"] }],
  },
  history: {
    question: "How long a history is needed?",
    users: USERS,
    settings: {},
    vary: [{ key: "historyLength", values: [1, 2, 4] }],
  },
  "train-users": {
    question: "How many train users are needed?",
    users: { validation: USERS.validation, test: USERS.test },
    settings: { methods: ["routing-oracle", "routing", "rag-exemplar", "rag-summary", "majority-routing"] },
    vary: [{ key: "users.train", values: [75, 150, 300, 600] }],
  },
  loss: {
    question: "By which loss should the soft prompt be trained? On the tiny checkpoint of the package.",
    preset: "tiny",
    settings: {
      methods: [
        "routing-oracle",
        { id: "prompt-optimization", rank: 2, alpha: 4, learningRate: 0.004, epochs: 2 },
      ],
    },
    vary: [{ key: "methods.prompt-optimization.loss", values: ["dpo", "simpo"] }],
  },
  embedder: {
    question: "By which likeness should train users be retrieved?",
    users: USERS,
    settings: { methods: ["rag-exemplar", "rag-summary"] },
    vary: [{ key: "models.embedder", values: ["sim:text-features", "sim:style", "sim:words"] }],
  },
} as const satisfies Record<string, Ablation>;

export type AblationName = keyof typeof ABLATIONS;
export const ABLATION_NAMES = Object.keys(ABLATIONS) as AblationName[];

/** What an ablation lays over the preset. @param isPresetNamed whether a person named one */
export function ablationSettings({ settings, users }: Ablation, isPresetNamed: boolean): UserConfig {
  return isPresetNamed || users === undefined ? settings : { ...settings, users };
}

/** An ablation's variations with a person's own: those of the same key take their place, others are added. */
export function withOwnVariations(ablation: Ablation, own: readonly Variation[]): Variation[] {
  const replaced = ablation.vary.map((v) => own.find(({ key }) => key === v.key) ?? v);
  return [...replaced, ...own.filter((v) => !replaced.includes(v))];
}
