import type { UserProfile } from "../core/artifacts.ts";
import type { Config } from "../core/config/resolved.ts";
import type { MethodResult, MethodSummary, WorldSummary } from "../core/run-record.ts";
import { isBaseline, isOracle, type RecordedMethod, roleOf } from "../methods/about.ts";
import { holm } from "../statistics/correction.ts";
import { infer } from "../statistics/crossed.ts";
import { type Differences, pairedDifferences } from "../statistics/differences.ts";
import { meanOverWorlds, ratioOf } from "../statistics/linearised.ts";
import { pairedSummary, summarizeWorlds } from "../statistics/paired.ts";
import { minimalDetectableEffect } from "../statistics/power.ts";
import { varianceComponents } from "../statistics/variance-components.ts";
import { LEVEL, verdictOf } from "../statistics/verdict.ts";
import { winLossInterval } from "../statistics/win-loss.ts";
import { breakdown } from "./breakdown.ts";
import type { WorldOutcome } from "./evaluate-world.ts";
import { summariseRankings } from "./summarise-rankings.ts";

/** A method of a run, as its record names it. */
export interface NamedMethod extends RecordedMethod {
  readonly name: string;
  /** Whether the user has defined it: then the record holds what it says of itself. */
  readonly own?: boolean;
}

/**
 * Rewards of all worlds to the figures of `results.json`. The baseline's own row has no test; oracle and floors have one
 * outside the family over which Holm corrects.
 * @param attributes of the test users, in the outcomes' order
 */
export function summariseMethods(
  config: Config,
  methods: readonly NamedMethod[],
  outcomes: readonly WorldOutcome[],
  attributes: readonly UserProfile["attributes"][],
): MethodResult[] {
  const results = methods.map((method, m) => summariseMethod(config, method, m, outcomes, attributes));
  const adjusted = holm(results.map((r) => (roleOf(r) === "method" ? r.summary.pValue : null)));
  const family = adjusted.filter((p) => p !== null).length;
  const judged = results.map((result, i): MethodResult => {
    const summary = { ...result.summary, pValueAdjusted: adjusted[i] ?? null };
    return {
      ...result,
      summary: {
        ...summary,
        verdict: verdictOf(summary, config.statistics.margin),
        minimalDetectableEffectAdjusted:
          summary.pValueAdjusted === null ? null : detectable(summary, { alpha: LEVEL / family }),
      },
    };
  });
  return withShares(judged, outcomes);
}

/** How much of the oracle's gain each better method reaches; the ratio of two gains means something only where both are. */
function withShares(results: readonly MethodResult[], outcomes: readonly WorldOutcome[]): MethodResult[] {
  const isBetter = ({ summary }: MethodResult): boolean => summary.verdict === "better";
  const oracle = results.findIndex((r) => isOracle(r) && isBetter(r));
  return results.map((result, m) => {
    if (oracle < 0 || roleOf(result) !== "method" || !isBetter(result)) return result;
    const [own, best] = [differencesOf(outcomes, m), differencesOf(outcomes, oracle)];
    const [gain, most] = [own, best].map((side, s) => {
      const other = s === 0 ? best : own;
      const shared = side.values.map((d, i) => (Number.isNaN(other.values[i]) ? Number.NaN : d));
      return meanOverWorlds({ ...side, values: shared });
    });
    const ratio = gain && most ? infer(ratioOf(gain, most)) : null;
    if (ratio === null) return result;
    const shareOfOracle = { share: ratio.estimate, ci95: ratio.ci95 };
    return { ...result, summary: { ...result.summary, shareOfOracle } };
  });
}

function differencesOf(outcomes: readonly WorldOutcome[], m: number): Differences {
  return pairedDifferences(
    outcomes.map((o) => o.methods[m] ?? []),
    outcomes.map((o) => o.baseline),
  );
}

/** A method's figures but for what the other methods decide. */
type OwnSummary = Omit<MethodSummary, "pValueAdjusted" | "verdict" | "minimalDetectableEffectAdjusted">;

function summariseMethod(
  config: Config,
  method: NamedMethod,
  m: number,
  outcomes: readonly WorldOutcome[],
  attributes: readonly UserProfile["attributes"][],
): Omit<MethodResult, "summary"> & { readonly summary: OwnSummary } {
  const rewards = outcomes.map((o) => o.methods[m] as (number | null)[]);
  const labels = outcomes.map((o) => o.labels[m] ?? []);
  const perWorld = outcomes.map((o, w) => pairedSummary(rewards[w] as (number | null)[], o.baseline));
  const all = summarizeWorlds(perWorld);
  const differences = differencesOf(outcomes, m);
  return {
    id: method.id,
    name: method.name,
    ...(method.own && method.about ? { about: method.about } : {}),
    summary: {
      meanReward: all.meanReward,
      delta: all.delta,
      ...(isBaseline(method) ? UNTESTED : tested(differences)),
      deltaSdOverWorlds: all.deltaSdOverWorlds,
      win: all.win,
      tie: all.tie,
      loss: all.loss,
      winLossRatio: all.winLossRatio,
      users: differences.users,
      worlds: differences.worlds,
      missing: all.missing,
    },
    perWorld: perWorld.map(({ meanReward, delta, win, tie, loss }, w) => ({
      seed: (outcomes[w] as WorldOutcome).world.seed,
      meanReward,
      delta,
      win,
      tie,
      loss,
      ...learnedIn(outcomes[w] as WorldOutcome, m),
    })),
    ...classifiersIn(outcomes, m),
    ...summariseRankings(outcomes, m),
    ...breakdown(config.pool, rewards, labels, outcomes, attributes, config.judge.mapping),
  };
}

function learnedIn({ learned }: WorldOutcome, m: number): Pick<WorldSummary, "learned"> {
  const facts = Object.entries(learned?.[m] ?? {}).filter(([, value]) => Number.isFinite(value));
  return facts.length === 0 ? {} : { learned: Object.fromEntries(facts) };
}

function classifiersIn(outcomes: readonly WorldOutcome[], m: number): Pick<MethodResult, "classifiers"> {
  const classifiers = outcomes.flatMap(({ world, classifiers }) => {
    const fitted = classifiers?.[m];
    return fitted === undefined ? [] : [{ seed: world.seed, ...fitted }];
  });
  return classifiers.length === 0 ? {} : { classifiers };
}

const UNTESTED = {
  deltaCi95: null,
  standardError: null,
  degreesOfFreedom: null,
  winLossRatioCi95: null,
  pValue: null,
  minimalDetectableEffect: null,
};

function tested(differences: Differences) {
  const found = infer(meanOverWorlds(differences));
  const size = { users: differences.users, worlds: differences.worlds };
  const variance = varianceComponents(differences);
  return {
    deltaCi95: found?.ci95 ?? null,
    standardError: found?.standardError ?? null,
    degreesOfFreedom: found?.degreesOfFreedom ?? null,
    winLossRatioCi95: winLossInterval(differences),
    pValue: found?.pValue ?? null,
    variance,
    minimalDetectableEffect: detectable({ variance, ...size }),
  };
}

function detectable(
  { variance, users, worlds }: Pick<MethodSummary, "variance" | "users" | "worlds">,
  options: { readonly alpha?: number } = {},
): number | null {
  return variance ? minimalDetectableEffect(variance, { users, worlds }, options) : null;
}
