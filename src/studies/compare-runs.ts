import type { Key } from "../core/random.ts";
import { fold } from "../core/random.ts";
import type { Interval, Results } from "../core/run-record.ts";
import { isCompared } from "../methods/about.ts";
import { bootstrapIntervals } from "../statistics/bootstrap.ts";
import { holm } from "../statistics/correction.ts";
import { pairedDifferences } from "../statistics/differences.ts";
import { signFlipPValue } from "../statistics/permutation.ts";
import type { RunDifferences } from "../statistics/run-differences.ts";
import { haveSameUsers } from "./same-users.ts";

/** How one method's Δ differs between two runs. */
export interface MethodChange {
  readonly name: string;
  readonly deltaA: number | null;
  readonly deltaB: number | null;
  /** Δ of B minus Δ of A; on the shared pairs when the comparison is paired. */
  readonly change: number | null;
  readonly changeCi95: Interval | null;
  readonly pValue: number | null;
  readonly pValueAdjusted: number | null;
  /** `paired`: same users and worlds in both runs; `unpaired`: from the two runs' own intervals. */
  readonly kind: "paired" | "unpaired";
  /** Pairs of (user, world) that both runs have. */
  readonly pairs: number;
}

export interface RunComparison {
  readonly changes: readonly MethodChange[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

/**
 * Which methods changed from run A to run B. Where the runs share users and worlds the change is paired: each pair's
 * gain in B minus its gain in A, with the clustered bootstrap and sign-flip test of a run. Otherwise the two Δ are
 * independent and the interval follows from their own (normal approximation).
 */
export function compareRuns(
  a: { readonly results: Results; readonly differences: RunDifferences },
  b: { readonly results: Results; readonly differences: RunDifferences },
  key: Key,
): RunComparison {
  const methodsOf = (r: Results) => r.methods.filter(isCompared);
  const inB = new Map(methodsOf(b.results).map((m) => [m.name, m]));
  const inA = new Set(methodsOf(a.results).map((m) => m.name));
  const isPaired = haveSameUsers(a.results.config, b.results.config);
  const changes = methodsOf(a.results).flatMap((methodA): MethodChange[] => {
    const methodB = inB.get(methodA.name);
    if (methodB === undefined) return [];
    const { name } = methodA;
    const shared = isPaired ? sharedPairs(a.differences.get(name), b.differences.get(name)) : null;
    const both = { name, deltaA: methodA.summary.delta, deltaB: methodB.summary.delta, pValueAdjusted: null };
    if (shared === null) return [{ ...both, ...unpaired(methodA.summary, methodB.summary) }];
    const paired = pairedDifferences(shared.b, shared.a);
    const methodKey = fold(key, name);
    const known = paired.values.filter((d) => !Number.isNaN(d));
    return [
      {
        ...both,
        change: known.length === 0 ? null : known.reduce((sum, d) => sum + d, 0) / known.length,
        changeCi95: bootstrapIntervals(paired, fold(methodKey, "bootstrap")).delta,
        pValue: signFlipPValue(paired, fold(methodKey, "permutation")),
        kind: "paired",
        pairs: known.length,
      },
    ];
  });
  const adjusted = holm(changes.map((c) => c.pValue));
  return {
    changes: changes.map((c, i) => ({ ...c, pValueAdjusted: adjusted[i] ?? null })),
    onlyA: [...inA].filter((name) => !inB.has(name)),
    onlyB: [...inB.keys()].filter((name) => !inA.has(name)),
  };
}

type Worlds = ReadonlyMap<number, ReadonlyMap<string, number | null>>;

/** Both runs' differences on the worlds and users they share, indexed [world][user]; `null` when they share too few. */
function sharedPairs(
  a: Worlds | undefined,
  b: Worlds | undefined,
): { a: (number | null)[][]; b: (number | null)[][] } | null {
  if (a === undefined || b === undefined) return null;
  const worlds = [...a.keys()].filter((seed) => b.has(seed));
  const [first] = worlds;
  if (first === undefined) return null;
  const users = [...(a.get(first)?.keys() ?? [])].filter((user) => b.get(first)?.has(user));
  if (users.length < 2) return null;
  const take = (side: Worlds) => worlds.map((w) => users.map((u) => side.get(w)?.get(u) ?? null));
  return { a: take(a), b: take(b) };
}

/** Standard normal quantile of 0.975: a 95 % interval is this many standard errors to each side. */
const Z975 = 1.959963984540054;

function unpaired(
  a: Results["methods"][number]["summary"],
  b: Results["methods"][number]["summary"],
): Pick<MethodChange, "change" | "changeCi95" | "pValue" | "kind" | "pairs"> {
  const none = { pValue: null, kind: "unpaired" as const, pairs: 0 };
  if (a.delta === null || b.delta === null) return { ...none, change: null, changeCi95: null };
  const change = b.delta - a.delta;
  if (a.deltaCi95 === null || b.deltaCi95 === null) return { ...none, change, changeCi95: null };
  const error = ([low, high]: Interval): number => (high - low) / (2 * Z975);
  const half = Z975 * Math.hypot(error(a.deltaCi95), error(b.deltaCi95));
  return { ...none, change, changeCi95: [change - half, change + half] };
}
