import { type Pool, type StyleLabel, styleIndex, type Target, type UserProfile } from "../core/artifacts.ts";
import type { DifferenceHistogram } from "../core/difference-histogram.ts";
import { directionOf, type ScoreMapping, type Sign, scoreBounds } from "../core/rating-scale.ts";
import type { Interval, MethodResult } from "../core/run-record.ts";
import { infer } from "../statistics/crossed.ts";
import { meanOfCells } from "../statistics/linearised.ts";
import type { WorldOutcome } from "./evaluate-world.ts";

/** One pair: a user in a world, with the method's gain over the baseline. */
interface Pair {
  readonly user: number;
  readonly world: number;
  readonly main: Target | undefined;
  readonly attributes: UserProfile["attributes"];
  readonly chosen: StyleLabel | undefined;
  /** `null` when a reward is missing on either side. */
  readonly difference: number | null;
}

/**
 * For whom a method works and where it fails: its Δ by strongest target and by user attribute, the spread of its
 * differences, and which styles it chose. Rewards and labels are indexed [world][user].
 */
export function breakdown(
  pool: Pool,
  rewards: readonly (readonly (number | null)[])[],
  labels: readonly (readonly (StyleLabel | undefined)[])[],
  outcomes: readonly WorldOutcome[],
  attributes: readonly UserProfile["attributes"][],
  mapping: ScoreMapping | undefined,
): Pick<MethodResult, "perPrinciple" | "perAttribute" | "differences" | "labels"> {
  const pairs = outcomes.flatMap((outcome, w) =>
    outcome.targets.map((targets, u): Pair => {
      const [method, baseline] = [rewards[w]?.[u] ?? null, outcome.baseline[u] ?? null];
      return {
        user: u,
        world: w,
        main: targets[0],
        attributes: attributes[u] ?? [],
        chosen: labels[w]?.[u],
        difference: method === null || baseline === null ? null : method - baseline,
      };
    }),
  );
  const size = { users: attributes.length, worlds: outcomes.length };
  const confusion = chosenStyles(pool, pairs);
  return {
    perPrinciple: deltaBy(size, pairs, ({ main }) =>
      main === undefined ? [] : [{ index: main.principle, sign: main.sign }],
    ).map(({ index, sign, ...rest }) => ({
      principle: pool.principles[index] as string,
      direction: directionOf(sign),
      ...rest,
    })),
    perAttribute: deltaBy(size, pairs, (pair) =>
      pair.attributes.flatMap((sign, index) => (sign === 0 ? [] : [{ index, sign }])),
    ).map(({ index, sign, ...rest }) => ({
      attribute: pool.attributes[index] as string,
      side: directionOf(sign),
      ...rest,
    })),
    differences: histogram(
      pairs.flatMap(({ difference }) => difference ?? []),
      mapping,
    ),
    ...(confusion === null ? {} : { labels: confusion }),
  };
}

interface Group {
  readonly index: number;
  readonly sign: Sign;
}

interface GroupDelta extends Group {
  readonly pairs: number;
  readonly delta: number | null;
  readonly deltaCi95: Interval | null;
}

/**
 * Mean difference of each group over its pairs, with its interval by the crossed t over the group's users and worlds; in
 * the order of names with follow before avoid. A pair may be in several groups.
 */
function deltaBy(
  { users, worlds }: { users: number; worlds: number },
  pairs: readonly Pair[],
  groupsOf: (pair: Pair) => readonly Group[],
): GroupDelta[] {
  const groups = new Map<string, Group & { pairs: number; values: Float64Array }>();
  for (const pair of pairs) {
    if (pair.difference === null) continue;
    for (const { index, sign } of groupsOf(pair)) {
      const key = `${index}/${sign}`;
      const group = groups.get(key) ?? {
        index,
        sign,
        pairs: 0,
        values: new Float64Array(users * worlds).fill(Number.NaN),
      };
      group.pairs++;
      group.values[pair.user * worlds + pair.world] = pair.difference;
      groups.set(key, group);
    }
  }
  return [...groups.values()]
    .sort((a, b) => a.index - b.index || b.sign - a.sign)
    .map(({ index, sign, values, ...group }) => {
      const mean = meanOfCells({ users, worlds, values });
      return {
        index,
        sign,
        pairs: group.pairs,
        delta: mean?.estimate ?? null,
        deltaCi95: infer(mean)?.ci95 ?? null,
      };
    });
}

/** Bins of half a point, centred on the multiples of one half, so that whole-number gains and ties stand in their middle. */
const BIN = 0.5;

function histogram(differences: readonly number[], mapping: ScoreMapping | undefined): DifferenceHistogram {
  const [low, high] = scoreBounds(mapping);
  const half = Math.ceil((high - low) / BIN);
  const counts = new Array<number>(2 * half + 1).fill(0);
  for (const difference of differences) counts[Math.round(difference / BIN) + half]!++;
  return { from: -(half + 0.5) * BIN, width: BIN, counts };
}

/** 2K x 2K counts, strongest target by chosen style; `null` for a method that never chooses. */
function chosenStyles({ principles }: Pool, pairs: readonly Pair[]): number[][] | null {
  const size = 2 * principles.length;
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  let any = false;
  for (const { main, chosen } of pairs) {
    if (main === undefined || chosen === undefined) continue;
    any = true;
    const row = counts[styleIndex(main)] as number[];
    row[2 * principles.indexOf(chosen.principle) + (chosen.direction === "follow" ? 0 : 1)]!++;
  }
  return any ? counts : null;
}
