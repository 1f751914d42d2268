import { fold, type Key } from "../../src/core/random.ts";
import { holm } from "../../src/statistics/correction.ts";
import { type Inference, infer } from "../../src/statistics/crossed.ts";
import { mean } from "../../src/statistics/descriptive.ts";
import { normalCdf } from "../../src/statistics/distributions.ts";
import { meanOverWorlds } from "../../src/statistics/linearised.ts";
import { verdictOf } from "../../src/statistics/verdict.ts";
import { winLossInterval } from "../../src/statistics/win-loss.ts";
import { percentWithError } from "./markdown.ts";
import { type Design, drawStudy, type SimulatedStudy, VARIANCE, WORLD_SDS } from "./study.ts";

const SIZES = [
  [200, 1],
  [40, 2],
  [4, 10],
  [6, 10],
  [300, 2],
  [300, 3],
  [300, 5],
  [300, 10],
  [1000, 10],
] as const;

/** A family as large as the default run's methods and floors together. */
const METHODS = 6;
/** A judge gives whole points: gains of less than half a point tie. */
const TIE = 0.5;
const MARGIN = 0.25;

/** Every size, variance between worlds and share of missing cells, none of the six methods with a true effect. */
export function coverageRows(replicates: number, key: Key): Record<string, string>[] {
  return SIZES.flatMap(([users, worlds]) =>
    WORLD_SDS.flatMap((worldSd) =>
      [0, 0.2].map((missing) => {
        const design = { users, worlds, worldSd, missing, methods: METHODS, effect: 0 };
        const label = `${users}x${worlds}/${worldSd}/${missing}`;
        return {
          "users × worlds": `${users} × ${worlds}`,
          "world SD": String(worldSd),
          missing: `${100 * missing} %`,
          ...simulate(design, replicates, fold(key, label)),
        };
      }),
    ),
  );
}

function simulate(design: Design, replicates: number, key: Key): Record<string, string> {
  const held: number[] = [];
  const ratioHeld: number[] = [];
  const anyFalse: number[] = [];
  const widths: number[] = [];
  for (let r = 0; r < replicates; r++) {
    const study = drawStudy(design, fold(key, r));
    const findings = study.differences.map((cells) => infer(meanOverWorlds(cells)) as Inference);
    held.push(share(findings.map(({ ci95 }, m) => covers(ci95, trueDelta(design, study, m)))));
    ratioHeld.push(
      share(
        study.differences.map((cells, m) => {
          const rounded = { ...cells, values: cells.values.map((d) => (Math.abs(d) < TIE ? 0 : d)) };
          return covers(winLossInterval(rounded), trueRatio(design, study, m));
        }),
      ),
    );
    anyFalse.push(isAnySignificant(findings) ? 1 : 0);
    widths.push(mean(findings.map(({ ci95 }) => (ci95[1] - ci95[0]) / 2)) as number);
  }
  return {
    "Δ covered, %": percentWithError(held),
    "W/L covered, %": percentWithError(ratioHeld),
    "any false verdict, %": percentWithError(anyFalse),
    "mean half-width of Δ": (mean(widths) as number).toFixed(3),
  };
}

function isAnySignificant(findings: readonly Inference[]): boolean {
  const adjusted = holm(findings.map((f) => f.pValue));
  return findings.some(({ estimate, ci95, pValue }, m) => {
    const finding = { delta: estimate, deltaCi95: ci95, pValue, pValueAdjusted: adjusted[m] ?? null };
    return ["better", "worse"].includes(verdictOf(finding, MARGIN));
  });
}

const share = (hits: readonly boolean[]): number => hits.filter(Boolean).length / hits.length;

function covers(interval: readonly [number | null, number | null] | null, truth: number): boolean {
  return interval !== null && (interval[0] ?? -Infinity) <= truth && truth <= (interval[1] ?? Infinity);
}

/** What an interval speaks of: from three worlds on of all worlds, below them of the worlds of the study. */
function trueDelta({ worlds, effect }: Design, { worldEffects }: SimulatedStudy, m: number): number {
  return worlds < 3 ? effect + (mean(worldEffects[m] as Float64Array) as number) : effect;
}

function trueRatio({ worlds, effect, worldSd }: Design, { worldEffects }: SimulatedStudy, m: number): number {
  const cell = VARIANCE.users + VARIANCE.residual;
  if (worlds >= 3) return ratio([effect], Math.sqrt(cell + worldSd ** 2));
  return ratio(
    Array.from(worldEffects[m] as Float64Array, (own) => effect + own),
    Math.sqrt(cell),
  );
}

/** Chance of a win over that of a loss, pooled over worlds with these true differences. */
function ratio(differences: readonly number[], sd: number): number {
  const chance = (of: (difference: number) => number): number =>
    differences.reduce((sum, difference) => sum + of(difference), 0);
  return chance((d) => normalCdf((d - TIE) / sd)) / chance((d) => normalCdf((-TIE - d) / sd));
}
