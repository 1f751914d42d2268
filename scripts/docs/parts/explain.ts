import { join } from "node:path";
import { fixed, interval, percent, signed } from "../../../src/report/format.ts";
import { type Amount, PART_IDS } from "../../../src/studies/explain/parts.ts";
import type { ExplainRecord } from "../../../src/studies/explain/record.ts";
import { PART_NAMES } from "../../../src/studies/explain/tables.ts";
import { markdownTable, type Part } from "../part.ts";
import { BESIDE } from "./default.ts";

/** Beside the default run, whose calls it shares: make that part first. */
export const explainPart: Part = {
  about: "explain.md: where the default's gain is lost",
  cost: "minutes",
  async make(bench) {
    const record = JSON.parse(await bench.print("explain", BESIDE, "--json")) as ExplainRecord;
    bench.figure(join(BESIDE, "figures/explain-bridge.svg"), "explain-bridge");
    const routing = record.methods.find(({ id }) => id === "routing");
    if (routing === undefined || record.luck === null)
      throw new Error("the default has no routing or no oracle");
    const accuracies = record.attributes.map(({ right }) => right ?? 0);
    const both = record.rungs.find(({ id }) => id === "both");
    return {
      routing: markdownTable(
        ["routing loses in", "points", "95% interval", "of all lost", "of what knowing adds"],
        PART_IDS.map((id) => {
          const { points, ci95, ofLost, ofKnowing } = routing.parts[id];
          const share = (of: typeof ofLost): string => (of === null ? "–" : percent(of.share));
          return [PART_NAMES[id], fixed(points), interval(ci95, fixed), share(ofLost), share(ofKnowing)];
        }),
      ),
      ...Object.fromEntries(PART_IDS.map((id) => [id, percent(routing.parts[id].ofKnowing?.share ?? null)])),
      gain: signed(routing.gain.points),
      least: percent(Math.min(...accuracies)),
      most: percent(Math.max(...accuracies)),
      reach: fixed(record.reach.meanReward),
      both: fixed(both?.meanReward ?? null),
      luck: told(record.luck, signed),
    };
  },
};

const told = ({ points, ci95 }: Amount, format: typeof fixed): string =>
  `${format(points)} ${interval(ci95, format)}`;
