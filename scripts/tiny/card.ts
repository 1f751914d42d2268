/**
 * Writes the tiny checkpoint's model card and the drawing of its training curve from the records beside it:
 *
 *   node scripts/tiny/card.ts
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Plot from "@observablehq/plot";
import { plotSvg, standaloneSvg } from "../../src/report/figures/svg.ts";
import { type CardFacts, cardText } from "./card-text.ts";
import { type CurvePoint, readCurve } from "./curve.ts";
import { FOLDER } from "./format.ts";

const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
const curve = readCurve(read("curve.csv"));
const facts: CardFacts = {
  evaluation: JSON.parse(read("evaluation.json")),
  training: JSON.parse(read("training.json")),
  curve,
  bytes: statSync(join(FOLDER, "model.safetensors")).size,
};
writeFileSync(join(FOLDER, "README.md"), cardText(facts));
writeFileSync(join(FOLDER, "curve.svg"), standaloneSvg(drawing(curve), { simulated: false }));

function drawing(points: readonly CurvePoint[]): string {
  const x = ({ tokens }: CurvePoint): number => tokens / 1e6;
  const measured = points.filter(({ heldOut }) => heldOut !== null);
  return plotSvg(
    { label: "Training loss and loss on held-out answers, by millions of tokens read" },
    {
      width: 640,
      height: 320,
      marginLeft: 48,
      x: { label: "million tokens read", grid: false },
      y: {
        label: "nats a token",
        grid: true,
        type: "log",
        ticks: 6,
        tickFormat: (value: number) => String(value),
      },
      marks: [
        Plot.lineY(points, { x, y: "loss", stroke: "#71757c", strokeWidth: 1.2 }),
        Plot.lineY(measured, {
          x,
          y: "heldOut",
          stroke: "#2f7fd6",
          strokeWidth: 2,
          marker: "dot",
        }),
        Plot.text(amid(points), {
          x,
          y: "loss",
          text: () => "training",
          dy: 18,
          textAnchor: "end",
          fill: "#71757c",
        }),
        Plot.text(amid(measured), {
          x,
          y: "heldOut",
          text: () => "held-out answers",
          dy: -14,
          textAnchor: "start",
          fill: "#2f7fd6",
        }),
      ],
    },
  );
}

/** A point in the middle, where a label has room. */
function amid<T>(points: readonly T[]): T[] {
  const middle = Math.floor(points.length / 2);
  return points.slice(middle, middle + 1);
}
