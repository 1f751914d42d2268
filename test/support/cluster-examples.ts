import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
export const EXAMPLES = join(ROOT, "examples", "cluster");
/** The command that its scripts call. */
export const APM_BENCH = `${process.execPath} ${join(ROOT, "bin", "apm-bench.js")}`;
/** A run that they carry out. */
export const EXAMPLE_CONFIG = {
  pool: "k2",
  users: { train: 10, validation: 3, test: 6 },
  conversations: { perUser: 3 },
  worlds: 2,
  methods: ["none", "routing", "routing-oracle", "rag-summary"],
  statistics: { resamples: 20, permutations: 20 },
};
