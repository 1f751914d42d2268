import type { Results } from "../../core/run-record.ts";
import type { ScoredAnswer } from "../../evaluation/score.ts";
import { isCompared, isOracle } from "../../methods/about.ts";
import { mean } from "../../statistics/descriptive.ts";
import type { RunDifferences } from "../../statistics/run-differences.ts";
import { highestReward } from "../../world/reward.ts";
import {
  type AttributeAccuracy,
  learnedPrinciples,
  obedienceOf,
  type PrincipleAccuracy,
  recognisedAttributes,
  type StyleObedience,
} from "./accuracy.ts";
import { type Explained, TOLD, type Told } from "./collect.ts";
import { type Amount, differenceOfRewards, type LossParts, lossParts, type Rewards } from "./parts.ts";
import { CELLS, type Cell } from "./plug-in.ts";

export interface ExplainedMethod extends LossParts {
  readonly id: string;
  readonly name: string;
}

/** One way of answering: its mean reward, and what it gains over the plain answers. */
export interface Rung {
  readonly id: Cell | Told | "none" | "oracle";
  readonly name: string;
  readonly meanReward: number | null;
  readonly gain: Amount;
}

export interface Explanation {
  /** Every method of the run but baseline and oracle, in the run's order. */
  readonly methods: readonly ExplainedMethod[];
  /** The plain answers and the plug-in router by what it knows; then what stands beside them. */
  readonly rungs: readonly Rung[];
  /** The plug-in router's own: what knowing both adds to knowing neither, and its Shapley halves. */
  readonly router: { readonly knowing: Amount; readonly recognising: Amount; readonly learning: Amount };
  /** What the routing oracle has over the router that knows both: the luck of the best of 2K; `null` without an oracle. */
  readonly luck: (Amount & { readonly draw: "first" | "second" }) | null;
  /**
   * The mean reward that the best style's answers have on average, by the train users' ratings, and how far the router that
   * knows both stays below it: the rest of carrying out is what no style's answers reach.
   */
  readonly reach: { readonly meanReward: number | null; readonly short: Amount };
  /** The end of the scale: the most that rewards could be, on average. */
  readonly end: number | null;
  readonly attributes: readonly AttributeAccuracy[];
  readonly principles: readonly PrincipleAccuracy[];
  readonly obedience: readonly StyleObedience[];
}

const NAMES: Readonly<Record<Cell | Told, string>> = {
  both: "attributes and mapping known",
  mapping: "mapping known alone",
  attributes: "attributes known alone",
  neither: "neither known",
  revealed: "attributes and mapping told in words",
  "true-target": "style of the true first target",
};

/** From scores to parts; asks nothing. @param differences of the run's samples: every method's gains over the plain answers */
export function analyseExplained(
  explained: Explained,
  { methods, config }: Pick<Results, "methods" | "config">,
  differences: RunDifferences,
): Explanation {
  const { worlds, users } = explained;
  const rewardsOf = (pick: (world: Explained["worlds"][number]) => readonly ScoredAnswer[]): Rewards =>
    worlds.map((world) => pick(world).map(({ reward }) => reward));
  const baseline = rewardsOf((world) => world.baseline);
  const cells = Object.fromEntries(
    CELLS.map((cell) => [cell, rewardsOf((world) => world.cells[cell])]),
  ) as unknown as Record<Cell, Rewards>;
  const gainsOf = (name: string): Rewards =>
    worlds.map(({ world }) => {
      const own = differences.get(name)?.get(world.seed);
      return users.test.map(({ text }) => own?.get(text.id) ?? null);
    });
  const { mapping } = config.judge;
  const ends: Rewards = worlds.map(({ targets }) =>
    targets.map((own) => (own.length === 0 ? null : highestReward(own, mapping))),
  );
  const ladder = { baseline, cells, ends };
  const plugIn = lossParts(ladder, subtract(cells.neither, baseline));
  const oracle = methods.find(isOracle);
  const oracleRewards = oracle && add(gainsOf(oracle.name), baseline);
  const meanOf = (rewards: Rewards): number | null =>
    mean(rewards.map((world) => mean(present(world))).filter((m) => m !== null));
  const reach = worlds.map((world) => world.reach);
  const rung = (id: Rung["id"], name: string, rewards: Rewards): Rung => ({
    id,
    name,
    meanReward: meanOf(rewards),
    gain: differenceOfRewards(rewards, baseline),
  });
  return {
    methods: methods
      .filter((method) => isCompared(method) && !isOracle(method))
      .map(({ id, name }) => ({ id, name, ...lossParts(ladder, gainsOf(name)) })),
    rungs: [
      rung("none", "plain answers", baseline),
      ...(["neither", "mapping", "attributes", "both"] as const).map((cell) =>
        rung(cell, NAMES[cell], cells[cell]),
      ),
      ...TOLD.map((id) =>
        rung(
          id,
          NAMES[id],
          rewardsOf((world) => world.told[id]),
        ),
      ),
      ...(oracle && oracleRewards ? [rung("oracle", oracle.name, oracleRewards)] : []),
    ],
    router: {
      knowing: plugIn.knowing,
      recognising: amountAlone(plugIn.parts.recognising),
      learning: amountAlone(plugIn.parts.learning),
    },
    luck:
      oracle && oracleRewards
        ? { ...differenceOfRewards(oracleRewards, cells.both), draw: oracle.draw ?? "first" }
        : null,
    end: meanOf(ends),
    reach: { meanReward: meanOf(reach), short: differenceOfRewards(reach, cells.both) },
    attributes: recognisedAttributes(explained, config.pool),
    principles: learnedPrinciples(explained, config.pool),
    obedience: obedienceOf(explained, config.pool),
  };
}

const amountAlone = ({ points, ci95, pValue }: Amount): Amount => ({ points, ci95, pValue });

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

const add = (a: Rewards, b: Rewards): Rewards => combine(a, b, 1);
const subtract = (a: Rewards, b: Rewards): Rewards => combine(a, b, -1);

function combine(a: Rewards, b: Rewards, sign: 1 | -1): Rewards {
  return a.map((world, w) =>
    world.map((x, u) => {
      const y = b[w]?.[u] ?? null;
      return x === null || y === null ? null : x + sign * y;
    }),
  );
}
