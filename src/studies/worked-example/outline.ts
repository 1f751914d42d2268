import type { ScoreMapping } from "../../core/rating-scale.ts";
import { fixed, signed } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import { left, right, type Table } from "../../report/table.ts";
import type { WorkedExample } from "./example.ts";

/** The example as tables and sentences; without figures, for there is nothing to draw. */
export function exampleOutline(example: WorkedExample): StudyOutline {
  const tables = [mappingTable(example), rewardTable(example)];
  const [mapping, reward] = tables as [Table, Table];
  const words = exampleWords(example);
  const { seed, kind } = example.world;
  return {
    title: "From attributes to reward, in numbers",
    subtitle: `world ${seed}, ${kind}`,
    simulated: false,
    simulatedRoles: [],
    words,
    tables,
    shown: [`world ${seed}, ${kind}`, mapping, words[0] as string, reward, words.slice(1).join("\n")],
    figures: async () => [],
  };
}

/** Entries of permutations are whole; those of a dense mapping have digits. */
const entry = (value: number): string => (Number.isInteger(value) ? signed(value, 0) : signed(value));

/** a above C, and p = C a beside it. */
function mappingTable({ pool, world, attributes, preferences }: WorkedExample): Table {
  return {
    id: "mapping",
    caption: "The mapping C: principles by attributes, the user's attributes a above it, and p = C a",
    columns: [left("C"), ...pool.attributes.map(right), right("p = C a")],
    rows: [
      ["a (the user)", ...attributes.map(entry), ""],
      ...pool.principles.map((principle, i) => [
        principle,
        ...(world.matrix[i] as readonly number[]).map(entry),
        entry(preferences[i] as number),
      ]),
    ],
    data: pool.principles.map((principle, i) => ({
      principle,
      ...Object.fromEntries(
        pool.attributes.map((name, j) => [name, (world.matrix[i] as readonly number[])[j] as number]),
      ),
      preference: preferences[i] as number,
    })),
  };
}

/** A target a row: direction, weight, and both answers' scores on its side. */
function rewardTable({ targets, reward, plainReward }: WorkedExample): Table {
  return {
    id: "reward",
    caption: "The user's targets, and what two answers' scores on them come to",
    columns: [
      left("target"),
      left("side"),
      right("weight w"),
      right("score s"),
      right("s'"),
      right("w s'"),
      right("plain: s"),
      right("s'"),
      right("w s'"),
    ],
    rows: [
      ...targets.map((t) => [
        t.principle,
        t.direction,
        fixed(t.weight),
        fixed(t.score, 1),
        fixed(t.toward, 1),
        fixed(t.weight * t.toward),
        fixed(t.plainScore, 1),
        fixed(t.plainToward, 1),
        fixed(t.weight * t.plainToward),
      ]),
      ["reward", "", "", "", "", fixed(reward), "", "", fixed(plainReward)],
    ],
    data: targets.map((t) => ({ ...t })),
  };
}

const SCALES: Readonly<Record<ScoreMapping, string>> = {
  linear: "from 1 to 10",
  tenth: "from 1 to 100, divided by ten",
};

function exampleWords({
  targets,
  scoreMapping,
  scoresAreMadeUp,
  reward,
  plainReward,
  delta,
}: WorkedExample): string[] {
  const chosen = targets.map(({ principle, direction }) => `${direction} "${principle}"`).join(" and ");
  return [
    targets.length === 0
      ? "All preferences are 0: this user has no target, and no reward."
      : `The largest |p| ${targets.length === 1 ? "is the target" : "are the targets"}: ${chosen}. The sign is the side, and the weights sum to 1.`,
    `The judge scores each answer on each target once, ${SCALES[scoreMapping]}: to follow, s' = s; to avoid, s' = 11 − s.`,
    `The reward is the sum of w s'. What counts is the difference to the plain answer: ${fixed(reward)} − ${fixed(plainReward)} = ${signed(delta)}.`,
    ...(scoresAreMadeUp ? ["The scores are made up for the example: no model was asked."] : []),
  ];
}
