import type { MethodSummary } from "../../src/core/run-record.ts";
import { fixed, interval, signed } from "../../src/report/format.ts";

/** Δ with its 95 % interval, as the pages write it. */
export function gain({ delta, deltaCi95 }: Pick<MethodSummary, "delta" | "deltaCi95">): string {
  return `${signed(delta)} ${interval(deltaCi95, signed)}`;
}

/**
 * By method: `gain.ID`, Δ with its interval; `delta.ID`, Δ alone; `ratio.ID`, wins by losses; `verdict.ID`;
 * `of-oracle.ID`, in percent.
 */
export function methodFigures(
  methods: readonly { readonly id: string; readonly summary: MethodSummary }[],
): Record<string, string> {
  const oracle = methods.find(({ id }) => id === "routing-oracle")?.summary.delta;
  return Object.fromEntries(
    methods.flatMap(({ id, summary }) => [
      [`gain.${id}`, gain(summary)],
      [`delta.${id}`, signed(summary.delta)],
      [`ratio.${id}`, fixed(summary.winLossRatio)],
      [`verdict.${id}`, summary.verdict],
      ...(oracle ? [[`of-oracle.${id}`, `${fixed((100 * (summary.delta ?? 0)) / oracle, 0)} %`]] : []),
    ]),
  );
}
