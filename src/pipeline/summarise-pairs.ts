import type { PairResult } from "../core/run-record.ts";
import { isCompared, isOracle } from "../methods/about.ts";
import { holm } from "../statistics/correction.ts";
import { infer } from "../statistics/crossed.ts";
import { pairedDifferences } from "../statistics/differences.ts";
import { meanOverWorlds } from "../statistics/linearised.ts";
import type { WorldOutcome } from "./evaluate-world.ts";
import type { NamedMethod } from "./summarise.ts";

/**
 * Every two methods against each other, floors included, but not the baseline (a method's own row has that) nor the
 * oracle (which no method is meant to beat). Holm corrects over all pairs.
 */
export function summarisePairs(
  methods: readonly NamedMethod[],
  outcomes: readonly WorldOutcome[],
): PairResult[] {
  const compared = methods
    .map((method, m) => ({ method, name: method.name, rewards: outcomes.map((o) => o.methods[m] ?? []) }))
    .filter(({ method }) => isCompared(method) && !isOracle(method));
  const pairs = compared.flatMap((a, i) =>
    compared.slice(i + 1).map((b): PairResult => {
      const differences = pairedDifferences(a.rewards, b.rewards);
      const mean = meanOverWorlds(differences);
      const found = infer(mean);
      return {
        a: a.name,
        b: b.name,
        difference: mean?.estimate ?? null,
        ci95: found?.ci95 ?? null,
        standardError: found?.standardError ?? null,
        degreesOfFreedom: found?.degreesOfFreedom ?? null,
        pValue: found?.pValue ?? null,
        pValueAdjusted: null,
        cells: differences.values.reduce((n, d) => n + (Number.isNaN(d) ? 0 : 1), 0),
      };
    }),
  );
  const adjusted = holm(pairs.map((p) => p.pValue));
  return pairs.map((pair, i) => ({ ...pair, pValueAdjusted: adjusted[i] ?? null }));
}
