/**
 * What `init` writes. Every default is commented out, so that a preset still holds and a later version's defaults come
 * through; a line that is made a setting stands over both.
 */
export const CONFIG_EXAMPLE = `import { defineConfig } from "apm-bench";

// Every key is optional. The lines behind "//" show the defaults: remove the slashes and change the value.
// What stands here is over --preset; flags are over what stands here. All keys: docs/configuration.md.
// \`apm-bench config\` prints what a run would use, and where each value comes from.
export default defineConfig({
  // Which user attributes show, and which response principles are rated: "k2" to "k10", "pool.json", or
  // { attributes: [...], principles: [...] }.
  // pool: "k10",

  // Attributes that a user shows: 1 or 2; prompts of a user that methods may read.
  // activeAttributes: 1,
  // historyLength: 2,
  // users: { train: 600, validation: 100, test: 300, voices: true },

  // "builtin", a .jsonl, .json or .parquet file, "hf:OWNER/NAME" of the Hugging Face hub, or { train, test } of these.
  // Conversations of a user (perUser) are 20 of these prompts; of another source as many as are needed.
  // conversations: { source: "builtin" },

  // The hidden mapping: "signed-permutation", "stacked-permutation" (with k), "gaussian", or { kind: "file", file:
  // "matrix.json" }; how many of them, or a list of their seeds.
  // mapping: { kind: "signed-permutation" },
  // worlds: 5,

  // "sim:default" is the simulated model. Real ones, at any OpenAI-compatible server:
  //   base: { provider: "openai", model: "Qwen/Qwen3.5-27B", baseUrl: "http://localhost:8000/v1", concurrency: 256 },
  //   judge: { provider: "openai", model: "openai/gpt-oss-120b", baseUrl: "http://localhost:8001/v1",
  //            temperature: 1, topP: 0.95, maxTokens: 4096, price: { input: 0, output: 0 } },
  // models: { base: "sim:default", embedder: "sim:text-features" },

  // Ids, or { id, name, ...options }.
  // methods: [
  //   "none",
  //   "routing-oracle",
  //   { id: "routing", labels: "margin" },
  //   "rag-exemplar",
  //   "rag-summary",
  //   "in-context",
  //   "majority-routing",
  //   "random-routing",
  // ],

  // On scale 100 scores are mapped to 1-10, or with mapping "tenth" divided by ten, as in the paper.
  // With ratings "targets" the judge is asked only about principles that some world weighs for the user (fewer calls).
  // judge: { scale: 10, retries: 3, weighted: false, ratings: "all" },

  // Over all that is done in the run directory; --budget-more spends it once more:
  //   budget: { calls: 100_000, usd: 50 },
  // seed: 1,
  // out: "runs/default",
});
`;
