import { Command } from "commander";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";

const FILE = "apm.config.ts";

/** `init`: writes a commented configuration to start from. */
export function initCommand(system: System): Command {
  return new Command("init")
    .option("--force", "replace one that is there")
    .option("--json", "print what was written as JSON")
    .action(({ force, json }: { force?: boolean; json?: boolean }) => {
      if (system.exists(FILE) && !force) {
        throw new UsageError(`${FILE} is there already`, {
          where: FILE,
          remedy: "use --force to replace it",
        });
      }
      system.writeFile(FILE, EXAMPLE);
      if (json) system.stdout(`${JSON.stringify({ written: FILE })}\n`);
      else system.stdout(`wrote ${FILE}; next: apm-bench estimate, then apm-bench run\n`);
    });
}

const EXAMPLE = `import { defineConfig } from "apm-bench";

// Every key is optional; what stands here is the default, or an example behind "//".
export default defineConfig({
  // Which user attributes show, and which response principles are rated: "k2" to "k10", or { attributes, principles }.
  pool: "k10",
  activeAttributes: 1, // attributes that a user shows: 1 or 2
  historyLength: 2, // prompts of a user that methods may read
  users: { train: 600, validation: 100, test: 300, voices: true },

  // "builtin", a .jsonl, .json or .parquet file, "hf:OWNER/NAME" of the Hugging Face hub, or { train, test } of these.
  conversations: { source: "builtin", perUser: 20 },

  // The hidden mapping: "signed-permutation", "gaussian", or { kind: "file", file: "matrix.json" }.
  mapping: { kind: "signed-permutation" },
  worlds: 5, // how many mappings, or a list of seeds

  // "sim:default" is the simulated model. A real one, at any OpenAI-compatible server:
  // base: { provider: "openai", model: "Qwen/Qwen3.5-27B", baseUrl: "http://localhost:8000/v1", concurrency: 256 },
  // judge: { provider: "openai", model: "openai/gpt-oss-120b", baseUrl: "http://localhost:8001/v1",
  //          temperature: 1, topP: 0.95, maxTokens: 4096, price: { input: 0, output: 0 } },
  models: { base: "sim:default", embedder: "sim:text-features" },

  methods: [
    "none",
    "routing-oracle",
    { id: "routing", labels: "margin" },
    "rag-exemplar",
    "rag-summary",
    "in-context",
    "majority-routing",
    "random-routing",
  ],

  // ratings: "targets" asks the judge only about principles that some world weighs for the user (fewer calls).
  judge: { scale: 10, retries: 3, weighted: false, ratings: "all" },

  // Over all that is done in the run directory; --budget-more spends it once more.
  // budget: { calls: 100_000, usd: 50 },
  seed: 1,
  out: "runs/default",
});
`;
