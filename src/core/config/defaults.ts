import type { UserConfig } from "./schema.ts";

/** The embedded default: every setting on one page. Presets and configuration files override single keys. */
export const DEFAULTS = {
  pool: "k10",
  activeAttributes: 1,
  historyLength: 2,
  users: { train: 600, validation: 100, test: 300, voices: true, attributes: "balanced" },
  conversations: { source: "builtin", maxCharacters: 8_000 },
  mapping: { kind: "signed-permutation" },
  worlds: 5,
  models: { base: "sim:default", embedder: "sim:text-features" },
  methods: [
    "none",
    "routing-oracle",
    "routing",
    "rag-exemplar",
    "rag-summary",
    "in-context",
    "majority-routing",
    "random-routing",
  ],
  judge: {
    scale: 10,
    mapping: "linear",
    sees: "answer",
    retries: 3,
    weighted: false,
    constrain: "auto",
    order: "property-first",
    ratings: "all",
  },
  styles: { avoid: "opposite" },
  statistics: { resamples: 2_000, permutations: 10_000, margin: 0.25 },
  budget: {},
  concurrency: 64,
  seed: 1,
  out: "runs/default",
} as const satisfies UserConfig;
