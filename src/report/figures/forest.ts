import type { Results } from "../../core/run-record.ts";
import { isCompared } from "../../methods/about.ts";
import { fixed, interval, signed } from "../format.ts";
import { methodColours } from "./colours.ts";
import { type IntervalRow, intervalPlot } from "./interval-plot.ts";
import { tickText } from "./ticks.ts";

/**
 * The main figure: Δ of every method with its 95 % interval, and the Δ of each world as a small mark, around the line
 * of the non-personalized base LLM.
 */
export function forestPlot(results: Results): string {
  const colours = methodColours(results.methods);
  const rows = compared(results).map(({ name, summary: { delta, deltaCi95 }, perWorld }): IntervalRow => {
    const [low, high] = deltaCi95 ?? [null, null];
    const bounds = deltaCi95 === null ? "" : ` ${interval(deltaCi95, signed)}`;
    return {
      name,
      colour: colours.get(name) as string,
      value: delta,
      low,
      high,
      text: signed(delta) + bounds,
      marks: perWorld.flatMap((w) => w.delta ?? []),
    };
  });
  return intervalPlot("Gain Δ over no personalization, with 95 % intervals", rows, {
    label: "Δ reward (0: no personalization)",
    reference: 0,
    tickFormat: tickText(signed),
  });
}

/** Wins over losses of every method, on a logarithmic axis; a ratio without losses is unbounded and has no point. */
export function winLossPlot(results: Results): string {
  const colours = methodColours(results.methods);
  const rows = compared(results).map(({ name, summary: s }): IntervalRow => {
    const [low, high] = s.winLossRatioCi95 ?? [null, null];
    // Zero has no place on a logarithmic axis.
    const value = s.winLossRatio === 0 ? null : s.winLossRatio;
    const bounds = s.winLossRatioCi95 === null ? "" : ` ${interval(s.winLossRatioCi95, fixed)}`;
    return {
      name,
      colour: colours.get(name) as string,
      value,
      low: low === null || low <= 0 ? value : low,
      high,
      text: fixed(s.winLossRatio) + bounds,
    };
  });
  return intervalPlot("Wins over losses against no personalization, with 95 % intervals", rows, {
    label: "W/L (1: as many wins as losses)",
    reference: 1,
    type: "log",
    tickFormat: (value) => String(value),
  });
}

const compared = (results: Results): Results["methods"] => results.methods.filter(isCompared);
