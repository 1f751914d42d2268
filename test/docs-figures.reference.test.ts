import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { attributesCommand } from "../src/cli/commands/attributes.ts";
import { judgesCommand } from "../src/cli/commands/judges.ts";
import { languageCommand } from "../src/cli/commands/language.ts";
import { memorySystem } from "./support/memory-system.ts";

const shared = "../shared/reference-data";
const docs = resolve(import.meta.dirname, "../docs/figures");
const judges = readdirSync(`${shared}/judge-scores`)
  .sort()
  .map((name) => join(shared, "judge-scores", name));

/** The commands that the pages in docs/ give, and where their figures stand. */
const FIGURES = [
  {
    make: judgesCommand,
    args: ["compare", ...judges],
    figures: { balance: "judge-balance", correlations: "judge-correlations", sums: "judge-sums" },
  },
  {
    make: attributesCommand,
    args: [
      "select",
      `${shared}/response-ratings-glm-4.5-air-1000x112.npy`,
      "--names",
      `${shared}/candidate-attributes.json`,
    ],
    figures: { scree: "selection-scree", map: "selection-map" },
  },
  {
    make: languageCommand,
    args: [`${shared}/rewritten-users.jsonl`],
    figures: {
      "ngrams-enthusiastic": "language-enthusiastic",
      "ngrams-unpolished": "language-unpolished",
    },
  },
] as const;

// After a change that is meant to show: npm run test:reference -- test/docs-figures.reference.test.ts --update
test.each(FIGURES)(
  "the figures in docs/ are what $make.name makes: $figures",
  async ({ make, args, figures }) => {
    const { system, textOf } = memorySystem();
    await make(system).parseAsync([...args, "--out", "o"], { from: "user" });
    for (const [made, shown] of Object.entries(figures)) {
      await expect(textOf(`o/figures/${made}.svg`)).toMatchFileSnapshot(join(docs, `${shown}.svg`));
    }
  },
);
