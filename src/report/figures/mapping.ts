import type { Results } from "../../core/run-record.ts";
import { worldName } from "../../core/world-name.ts";
import { fixed } from "../format.ts";
import { heatMap } from "./heat-map.ts";

/** The hidden matrix C of one world: rows are response principles, columns user attributes. */
export function mappingPlot(results: Results, world: Results["worlds"][number]): string {
  const { principles, attributes } = results.config.pool;
  const cells = principles.flatMap((row, i) =>
    attributes.map((column, j) => {
      const value = world.matrix[i]?.[j] ?? 0;
      return { row, column, value: value === 0 ? null : value, text: value === 0 ? "·" : shown(value) };
    }),
  );
  return heatMap(cells, {
    label: `Mapping C of ${worldName(
      results.worlds.map((w) => w.seed),
      world.seed,
    )}: ${cells
      .filter((c) => c.value !== null)
      .map((c) => `${c.column} → ${c.text} ${c.row}`)
      .slice(0, 2 * principles.length)
      .join("; ")}`,
    rows: principles,
    columns: attributes,
    cellWidth: 24,
    cellHeight: 22,
  });
}

/** Whole numbers as signs, others with one digit. */
function shown(value: number): string {
  if (value === 1) return "+";
  return value === -1 ? "−" : fixed(value, 1);
}
