import type { UserConfig } from "../../src/core/config/schema.ts";

/** Large enough to tell routing from majority routing, small enough for a second or two. */
export const STUDY = {
  pool: "k4",
  users: { train: 320, validation: 60, test: 200 },
  worlds: 4,
  judge: { ratings: "targets" },
  statistics: { resamples: 300, permutations: 300 },
  methods: [
    "none",
    "routing-oracle",
    "routing",
    "rag-exemplar",
    "rag-summary",
    "majority-routing",
    "random-routing",
  ],
} as const satisfies UserConfig;
