import type { BridgeStep } from "../../report/figures/bridge.ts";
import type { Figure } from "../../report/figures/figure.ts";
import { fixed, interval, percent, signed } from "../../report/format.ts";
import { rewardRange } from "../../report/words.ts";
import type { ExplainedMethod } from "./analyse.ts";
import type { PartId } from "./parts.ts";
import type { ExplainRecord } from "./record.ts";
import { PART_NAMES } from "./tables.ts";
import { explainedFirst } from "./words.ts";

/** From the method upwards. */
const ORDER: readonly PartId[] = ["remainder", "learning", "recognising", "carryingOut"];
const COLOURS: Readonly<Record<PartId, string>> = {
  remainder: "#8a7a2e",
  learning: "#d58013",
  recognising: "#d1495b",
  carryingOut: "#6c6fe0",
};
const GAIN = "#2f7fd6";

/** A bridge for each method from the plain answers to the end of the scale, the best method's first. Loads the drawing library. */
export async function explainFigures(record: ExplainRecord): Promise<Figure[]> {
  const { bridge } = await import("../../report/figures/bridge.ts");
  const oracle = record.rungs.find(({ id }) => id === "oracle")?.meanReward ?? null;
  return explainedFirst(record).flatMap((method, i): Figure[] => {
    if (method.lost.points === null) return [];
    const steps = stepsOf(method, record.end as number);
    const plain = (steps[0] as BridgeStep).from;
    const levels = [
      { at: plain, name: "plain answers" },
      ...(oracle === null ? [] : [{ at: oracle, name: "routing oracle" }]),
    ];
    const title = `Where the gain of ${method.name} is lost`;
    return [
      {
        id: i === 0 ? "explain-bridge" : `explain-bridge-${i + 1}`,
        caption: `${title}: from the plain answers' mean reward to the end of the scale. Whiskers: 95 % intervals of each step; percentages: of all that is lost.`,
        svg: bridge(title, steps, levels, `mean reward (${rewardRange(record.config)})`),
        wide: true,
      },
    ];
  });
}

function stepsOf({ name, gain, lost, parts }: ExplainedMethod, end: number): BridgeStep[] {
  const reached = end - (lost.points as number);
  const steps: BridgeStep[] = [
    {
      name: `gained by ${name}`,
      colour: GAIN,
      from: reached - (gain.points as number),
      to: reached,
      ci95: gain.ci95,
      text: `${signed(gain.points)} ${interval(gain.ci95, signed)}`,
    },
  ];
  for (const id of ORDER) {
    const { points, ci95, ofLost } = parts[id];
    const from = (steps.at(-1) as BridgeStep).to;
    const share = ofLost === null ? "" : `, ${percent(ofLost.share)}`;
    steps.push({
      name: PART_NAMES[id],
      colour: COLOURS[id],
      from,
      to: from + (points as number),
      ci95,
      text: `${fixed(points)} ${interval(ci95, fixed)}${share}`,
    });
  }
  return steps;
}
