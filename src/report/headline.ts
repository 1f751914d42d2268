import type { MethodResult, Results, Verdict } from "../core/run-record.ts";
import { simulatedWords } from "../core/simulated.ts";
import { isBaseline, isCompared, isOracle, roleOf } from "../methods/about.ts";
import { isLostToCorrection, isWithinMargin } from "../statistics/verdict.ts";
import { effectRange } from "./detectable.ts";
import { interval, percent, pValue, signed, whole } from "./format.ts";
import { scopeWords, worldAdvice } from "./scope.ts";

/** Methods of one verdict, the largest Δ first; or the checks, whatever their verdict. */
export interface VerdictGroup {
  readonly verdict: Verdict | "check";
  readonly title: string;
  readonly methods: readonly MethodResult[];
}

/** Every method by its verdict, then the checks; groups without a method are left out. */
export function verdictGroups(results: Results): VerdictGroup[] {
  const scope = scopeWords(results.worlds.length);
  const { margin } = results.config.statistics;
  const titles: Readonly<Record<Verdict, string>> = {
    better: `Better than no personalization${scope}`,
    worse: `Worse than no personalization${scope}`,
    "practically the same": `Practically the same as no personalization${scope} (interval within ±${margin})`,
    "no significant difference": `No significant difference${scope}`,
    "no result": "No result (no score at all)",
  };
  const ordered = results.methods
    .filter(isCompared)
    .toSorted((a, b) => (b.summary.delta ?? -Infinity) - (a.summary.delta ?? -Infinity));
  const groups = Object.entries(titles).map(([verdict, title]) => ({
    verdict: verdict as Verdict,
    title,
    methods: ordered.filter((m) => roleOf(m) === "method" && m.summary.verdict === verdict),
  }));
  const checks: VerdictGroup = {
    verdict: "check",
    title: `Checks of the set-up${scope}, each by its own test`,
    methods: ordered.filter((m) => roleOf(m) !== "method"),
  };
  return [...groups, checks].filter(({ methods }) => methods.length > 0);
}

/** How many methods Holm's correction is for. */
export function familySize({ methods }: Pick<Results, "methods">): number {
  return methods.filter((m) => m.summary.pValueAdjusted !== null).length;
}

/** The verdict with what a reader must know beside it. */
export function verdictWords(method: MethodResult, results: Results): string {
  const { summary } = method;
  if (isBaseline(method)) return "baseline";
  const notes = [
    ...(roleOf(method) === "method" ? [] : [`check, own p ${pValue(summary.pValue)}`]),
    ...(isLostToCorrection(summary)
      ? [`not significant after correction for ${familySize(results)} methods`]
      : []),
    ...(isWithinMargin(summary, results.config.statistics.margin) ? ["within the margin"] : []),
  ];
  return notes.length === 0 ? summary.verdict : `${summary.verdict} (${notes.join("; ")})`;
}

/** A method with its gain and what its group does not say: "routing +1.11 [+0.98, +1.24]". */
export function gainWords(method: MethodResult, results: Results): string {
  const { name, summary } = method;
  const bounds = summary.deltaCi95 === null ? "" : ` ${interval(summary.deltaCi95, signed)}`;
  const words = verdictWords(method, results);
  const rest =
    roleOf(method) === "method"
      ? words.slice(summary.verdict.length)
      : ` ${words.replace("check, own ", "")}`;
  return `${name} ${signed(summary.delta)}${bounds}${rest}`;
}

/** What else a reader must know beside the verdicts: the upper bound, what the run could see, what is missing. */
export function remarks(results: Results): string[] {
  const missing = results.methods.reduce((sum, m) => sum + m.summary.missing, 0);
  const pairs = results.methods.reduce((sum, m) => sum + m.summary.users * m.summary.worlds, 0);
  const advice = worldAdvice(results.worlds.length);
  const family = familySize(results);
  return [
    ...shareOfOracle(results),
    ...results.methods
      .filter((m) => isOracle(m) && m.draw !== "second")
      .map(
        (m) =>
          `The ${m.name} is scored by the ratings that it chose by: its gain holds the judge's error on the chosen answers.`,
      ),
    ...detectable(results),
    ...(family > 0
      ? [
          `Intervals are 95 % and each method's own, not adjusted; verdicts are by p-values that Holm corrects for ${count(family, "method")}.`,
        ]
      : []),
    ...(advice === null ? [] : [advice]),
    ...weighingWords(results),
    ...(missing > 0 ? [`${whole(missing)} of ${whole(pairs)} pairs have no reward and are left out.`] : []),
  ];
}

/** How far a judge that is held to the scale could be weighed; nothing of other judges. */
export function weighingWords({ weighing }: Pick<Results, "weighing">): string[] {
  if (weighing === undefined || weighing.meanMass === null) return [];
  const { scores, plain, meanMass } = weighing;
  return [
    `The judge, held to the scale, gave its numbers ${percent(meanMass)} of the probability on average; ${whole(plain)} of ${whole(scores)} weighted scores had less than half of it and are taken as written.`,
  ];
}

function shareOfOracle({ methods, worlds }: Results): string[] {
  const shares = methods.flatMap(({ name, summary: { shareOfOracle: of } }) =>
    of === undefined ? [] : [`${name} ${percent(of.share)} ${interval(of.ci95, percent)}`],
  );
  return shares.length === 0
    ? []
    : [`Share of the routing oracle's gain${scopeWords(worlds.length)}: ${shares.join(", ")}.`];
}

function detectable(results: Results): string[] {
  const tested = results.methods.filter((m) => roleOf(m) === "method").map((m) => m.summary);
  const single = tested.flatMap((s) => s.minimalDetectableEffect ?? []);
  if (single.length === 0) return [];
  const atWorst = tested.flatMap((s) => s.minimalDetectableEffectAdjusted ?? []);
  const worlds = results.worlds.length;
  const place = scopeWords(worlds) || ` in ${worlds} worlds`;
  return [
    `Minimum detectable effect at 80 % power, ${count(results.users.test, "user")}${place}: ${effectRange(single)} by one unadjusted test at the 5 % level${
      atWorst.length > 1
        ? `; ${effectRange(atWorst)} at the first step of Holm for ${atWorst.length} methods, which a verdict needs at worst`
        : ""
    }.`,
  ];
}

const count = (n: number, one: string): string => `${whole(n)} ${one}${n === 1 ? "" : "s"}`;

/** The result in words: which methods adapt beyond doubt, which do not, and what the run could have seen. */
export function headline(results: Results): string {
  const groups = verdictGroups(results);
  const scope = scopeWords(results.worlds.length);
  const isAny = (verdict: Verdict): boolean => groups.some((g) => g.verdict === verdict);
  return [
    ...(results.simulated ? [simulatedWords(results)] : []),
    ...(isAny("better") ? [] : [`No method is significantly better than no personalization${scope}.`]),
    ...groups.map(
      ({ title, methods }) => `${title}: ${methods.map((m) => gainWords(m, results)).join(", ")}.`,
    ),
    ...(isAny("worse") ? [] : [`No method is significantly worse${scope}.`]),
    ...remarks(results),
  ].join("\n");
}
