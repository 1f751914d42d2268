import type { Part } from "../part.ts";

/** The user and the scores of the page's example. */
const EXAMPLE = [
  ...["--set", "pool=k4", "--attributes", "open-minded,-verbose"],
  ...["--scores", "3,8,5,2", "--plain", "5,4,6,6"],
];

export const mappingPart: Part = {
  about: "mapping.md: one user's attributes, C, targets and reward in numbers",
  cost: "seconds",
  async make(bench) {
    const block = async (...more: string[]): Promise<string> =>
      ["```", (await bench.print("mapping", ...EXAMPLE, ...more)).trim(), "```"].join("\n");
    return { example: await block(), dense: await block("--kind", "gaussian") };
  },
};
