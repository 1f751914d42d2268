import { join } from "node:path";
import type { Results } from "../../../src/core/run-record.ts";
import { methodFigures } from "../figures.ts";
import { type Part, quoted, type Workbench } from "../part.ts";

/** The run directory of the embedded default, as `npm start` makes it. */
const DEFAULT_RUN = "run";

/** The same, as seen from another part's folder. */
export const BESIDE = join("..", "default", DEFAULT_RUN);

export const defaultPart: Part = {
  about: "the embedded default run: README's table, figures of claims.md and methods.md",
  cost: "minutes",
  async make(bench: Workbench) {
    const output = await bench.print("run", "--out", DEFAULT_RUN);
    const results = bench.read<Results>(`${DEFAULT_RUN}/results.json`);
    return { table: quoted(output, /^method /), ...methodFigures(results.methods) };
  },
};
