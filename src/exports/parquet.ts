import type { Direction } from "../core/rating-scale.ts";
import type { Results, UserRecord } from "../core/run-record.ts";
import { simulatedRoles } from "../core/simulated.ts";
import type { Row, TableColumn } from "../parquet/table.ts";
import { type ExportedSample, gainOf } from "./records.ts";

/** One table of an export: its columns, and its rows as they come from a source. */
export interface ExportTable<Source> {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  rows(source: Source): Iterable<Row>;
}

/** A user with what the run's store holds: candidates of all splits and the judge's scores of them. */
export interface RatedUser {
  readonly user: string;
  readonly split: "train" | "validation" | "test";
  readonly candidates: readonly {
    readonly principle: string;
    readonly direction: Direction;
    readonly text: string | null;
    /** Of the principles that were asked for, by their names. */
    readonly scores: readonly { readonly principle: string; readonly score: number | null }[];
  }[];
}

const text = (name: string): TableColumn => ({ name, type: "text" });
const maybe = (name: string, type: TableColumn["type"]): TableColumn => ({ name, type, nullable: true });
const MARK: readonly TableColumn[] = [{ name: "simulated", type: "boolean" }, text("simulatedRoles")];

/** Seeds that a person wrote may be larger than 32 bits. */
const worldColumn = ({ worlds }: Results): TableColumn => ({
  name: "world",
  type: worlds.every(({ seed }) => seed === (seed | 0)) ? "integer" : "number",
});

/** A table whose every row tells what of it was simulated. */
function marked<Source>(
  results: Results,
  name: string,
  columns: readonly TableColumn[],
  rows: (source: Source) => Iterable<Row>,
): ExportTable<Source> {
  const roles = simulatedRoles(results);
  const mark = { simulated: roles.length > 0, simulatedRoles: roles.join(" ") };
  return {
    name,
    columns: [...columns, ...MARK],
    *rows(source) {
      for (const row of rows(source)) yield { ...row, ...mark };
    },
  };
}

/** Of samples: one row a method, user and world; and one row a judged principle of each of these. */
export function sampleTables(results: Results): ExportTable<ExportedSample>[] {
  const cell = [worldColumn(results), text("method"), text("user")];
  const samples = [
    ...cell,
    ...["labelPrinciple", "labelDirection", "answer"].map((name) => maybe(name, "text")),
    ...["reward", "baselineReward", "difference"].map((name) => maybe(name, "number")),
  ];
  const scores = [
    ...cell,
    ...[text("principle"), text("direction")],
    { name: "weight", type: "number" } as const,
    maybe("score", "number"),
  ];
  return [
    marked(results, "samples", samples, (sample) => {
      const { world, method, user, label, answer, reward, baselineReward } = sample;
      const [labelPrinciple, labelDirection] = [label?.principle ?? null, label?.direction ?? null];
      const of = { world, method, user, labelPrinciple, labelDirection, answer };
      return [{ ...of, reward, baselineReward, difference: gainOf(sample) }];
    }),
    marked(results, "scores", scores, ({ world, method, user, scores }) =>
      scores.map(({ principle, direction, weight, score }) => ({
        ...{ world, method, user },
        ...{ principle, direction, weight, score },
      })),
    ),
  ];
}

/** One row a test user; lists are JSON. */
export function userTable(results: Results): ExportTable<UserRecord> {
  const columns = ["user", "attributes", "history", "prompt"].map(text);
  return marked(results, "users", [...columns, maybe("baseline", "text")], (record) => {
    const { user, attributes, history, prompt, baseline } = record;
    const lists = { attributes: JSON.stringify(attributes), history: JSON.stringify(history) };
    return [{ user, ...lists, prompt, baseline }];
  });
}

/** Of users with candidates, of every split: one row a candidate, and one row a score of one on one principle. */
export function candidateTables(results: Results): ExportTable<RatedUser>[] {
  const candidate = ["user", "split", "candidatePrinciple", "candidateDirection"].map(text);
  const of = ({ user, split }: RatedUser, { principle, direction }: RatedUser["candidates"][number]) => ({
    ...{ user, split },
    ...{ candidatePrinciple: principle, candidateDirection: direction },
  });
  return [
    marked(results, "candidates", [...candidate, maybe("text", "text")], (user) =>
      user.candidates.map((c) => ({ ...of(user, c), text: c.text })),
    ),
    marked(results, "ratings", [...candidate, text("principle"), maybe("score", "number")], (user) =>
      user.candidates.flatMap((c) =>
        c.scores.map(({ principle, score }) => ({ ...of(user, c), principle, score })),
      ),
    ),
  ];
}
