import type { MethodResult, Results } from "../core/run-record.ts";
import { worldName } from "../core/world-name.ts";
import { interval, percent } from "./format.ts";
import { INTERVAL, left, right, type Table } from "./table.ts";

/**
 * Methods that say what they expect of every style: how often they order two candidates of a user rightly, and the settings
 * that they chose on validation users.
 * @returns nothing where no method says so
 */
export function learnedTables(results: Results): Table[] {
  const seeds = results.worlds.map(({ seed }) => seed);
  const learners = results.methods.flatMap((method) =>
    method.pairwiseAccuracy === undefined ? [] : [{ ...method, accuracy: method.pairwiseAccuracy }],
  );
  if (learners.length === 0) return [];
  return [
    {
      id: "rankings",
      caption:
        "Pairs of a user's candidates with different rewards that a method orders rightly (chance: 50%)",
      columns: [left("method"), right("validation"), right("test"), INTERVAL, left("chosen, by world")],
      rows: learners.map(({ name, accuracy, perWorld }) => [
        name,
        percent(accuracy.validation),
        percent(accuracy.test),
        interval(accuracy.testCi95, percent),
        choicesOf(perWorld),
      ]),
      data: learners.flatMap(({ name, accuracy, perWorld }) =>
        perWorld.map(({ seed, learned = {} }) => ({
          method: name,
          world: worldName(seeds, seed),
          validation: accuracy.validation,
          test: accuracy.test,
          testLow: accuracy.testCi95?.[0] ?? null,
          testHigh: accuracy.testCi95?.[1] ?? null,
          chosen: textOf(learned),
        })),
      ),
    },
  ];
}

/** What is worth on validation users is no choice. */
const isChoice = ([name]: readonly [string, number]): boolean => !name.startsWith("validation");

const textOf = (learned: Readonly<Record<string, number>>): string =>
  Object.entries(learned)
    .filter(isChoice)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(2))}`)
    .join(", ");

function choicesOf(perWorld: MethodResult["perWorld"]): string {
  const names = Object.entries(perWorld[0]?.learned ?? {}).filter(isChoice);
  return names
    .map(
      ([name]) =>
        `${name} ${perWorld.map(({ learned }) => Number((learned?.[name] ?? Number.NaN).toPrecision(2))).join(", ")}`,
    )
    .join("; ");
}
