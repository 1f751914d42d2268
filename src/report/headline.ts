import type { MethodResult, Results } from "../core/run-record.ts";
import { isCompared, isOracle } from "../methods/about.ts";
import { fixed, interval, percent, signed, whole } from "./format.ts";

/** Stands on everything that a simulated run shows. */
export const SIMULATED =
  "SIMULATED: users, answers and scores come from the embedded simulated model. They show how the benchmark works, not how any real LLM behaves.";

/** The methods by what their interval says: above zero, below it, or neither. */
export interface Verdicts {
  readonly better: readonly MethodResult[];
  readonly worse: readonly MethodResult[];
  readonly open: readonly MethodResult[];
}

export function verdicts(results: Results): Verdicts {
  const methods = results.methods
    .filter(isCompared)
    .toSorted((a, b) => (b.summary.delta ?? -Infinity) - (a.summary.delta ?? -Infinity));
  const side = ({ summary: { deltaCi95: ci } }: MethodResult): keyof Verdicts => {
    if (ci !== null && ci[0] > 0) return "better";
    return ci !== null && ci[1] < 0 ? "worse" : "open";
  };
  return {
    better: methods.filter((m) => side(m) === "better"),
    worse: methods.filter((m) => side(m) === "worse"),
    open: methods.filter((m) => side(m) === "open"),
  };
}

/** A method with its gain: "routing +1.11 [+0.98, +1.24]". */
export function gainWords({ name, summary }: MethodResult): string {
  const bounds = summary.deltaCi95 === null ? "" : ` ${interval(summary.deltaCi95, signed)}`;
  return `${name} ${signed(summary.delta)}${bounds}`;
}

/** What else a reader must know beside the verdicts: the upper bound, what the run could see, what is missing. */
export function remarks(results: Results): string[] {
  const oracle = results.methods.find(isOracle)?.summary.delta ?? null;
  const best = results.methods
    .filter((m) => isCompared(m) && !isOracle(m) && m.summary.delta !== null)
    .reduce<MethodResult | null>((a, b) => (a === null || b.summary.delta! > a.summary.delta! ? b : a), null);
  const smallest = results.methods.flatMap((m) => m.summary.minimalDetectableEffect ?? []);
  const missing = results.methods.reduce((sum, m) => sum + m.summary.missing, 0);
  const pairs = results.methods.reduce((sum, m) => sum + m.summary.users * m.summary.worlds, 0);
  return [
    ...(oracle !== null && oracle > 0 && best !== null && best.summary.delta! > 0
      ? [
          `The best of them, ${best.name}, reaches ${percent(best.summary.delta! / oracle)} of the routing oracle's gain.`,
        ]
      : []),
    ...(smallest.length > 0
      ? [
          `${studySize(results)} find true gains from ${range(smallest)} on, by method, in four of five cases.`,
        ]
      : []),
    ...(missing > 0 ? [`${whole(missing)} of ${whole(pairs)} pairs have no reward and are left out.`] : []),
  ];
}

function studySize({ users, worlds }: Results): string {
  return `${whole(users.test)} users in ${worlds.length === 1 ? "1 world" : `${worlds.length} worlds`}`;
}

/** "0.23 to 0.43", or one figure where the digits do not tell them apart. */
function range(values: readonly number[]): string {
  const [low, high] = [fixed(Math.min(...values)), fixed(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** The result in words: which methods adapt beyond doubt, which do not, and what the run could have seen. */
export function headline(results: Results): string {
  const { better, worse, open } = verdicts(results);
  const list = (methods: readonly MethodResult[]): string =>
    methods.length === 0 ? "none" : methods.map(gainWords).join(", ");
  return [
    ...(results.simulated ? [SIMULATED] : []),
    `Better than no personalization: ${list(better)}.`,
    `Worse: ${list(worse)}.`,
    `Not told apart from it: ${list(open)}.`,
    ...remarks(results),
  ].join("\n");
}
