import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Part } from "../part.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** A program of this repository that writes into docs/ itself. */
const program = (about: string, cost: Part["cost"], ...args: readonly string[]): Part => ({
  about,
  cost,
  async make() {
    execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    return {};
  },
});

export const picturesPart = program(
  "docs/images: report and viewer in Chromium",
  "needs",
  "scripts/screenshots.ts",
);

export const judgePart = program(
  "simulated-judge.md: the simulated judge beside 13 real ones (real data)",
  "needs",
  "bench/simulated-judge.ts",
  "--write",
);

export const realDataPart = program(
  "docs/figures of studies on real data",
  "needs",
  "node_modules/vitest/vitest.mjs",
  "run",
  "--project",
  "reference",
  "test/docs-figures.reference.test.ts",
  "--update",
);
