import { holm } from "../../statistics/correction.ts";
import { infer } from "../../statistics/crossed.ts";
import { ratioOfSums } from "../../statistics/linearised.ts";
import { mcnemarExact } from "../../statistics/mcnemar.ts";
import { pairedChangeInterval } from "../../statistics/paired-change.ts";
import { analyseBias } from "./analyse-bias.ts";
import { needsShuffling, type Reply, type SetReplies, type Task } from "./ask.ts";
import { perUser } from "./per-user.ts";
import { OWN, setTitle } from "./question.ts";
import type { Change, GroupResult, Score, SetResult } from "./record.ts";

/** Accuracy of every method, overall and per category, against the non-personalized answers. */
export function analyseSet(given: SetReplies): SetResult {
  const { set, tasks } = given;
  const all = tasks.map((_, i) => i);
  const byCategory = Map.groupBy(
    all.filter((i) => tasks[i]?.question.category !== null),
    (i) => tasks[i]?.question.category as string,
  );
  // A single category is the whole set once more.
  const categories = (byCategory.size > 1 ? [...byCategory] : [])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, indexes]) => ({
      category,
      ...groupOf(given, indexes),
    }));
  const bias = analyseBias(given);
  return {
    id: set.id,
    name: setTitle(set),
    source: set.source,
    own: set.source === OWN,
    leftOut: set.leftOut,
    shuffled: needsShuffling(set),
    ...(adjusted([groupOf(given, all)])[0] as GroupResult),
    categories: adjusted(categories),
    ...(bias === null ? {} : { bias }),
  };
}

function groupOf({ tasks, none, methods }: SetReplies, indexes: readonly number[]): GroupResult {
  return {
    questions: indexes.length,
    none: scoreOf(tasks, none, indexes),
    methods: methods.map(({ id, name, replies }) => ({
      id,
      name,
      ...scoreOf(tasks, replies, indexes),
      ...changeOf(tasks, replies, none, indexes),
    })),
  };
}

/** Holm's adjustment over all methods of all groups together. */
function adjusted<T extends GroupResult>(groups: readonly T[]): T[] {
  const values = holm(groups.flatMap(({ methods }) => methods.map(({ pValue }) => pValue)));
  let next = 0;
  return groups.map((group) => ({
    ...group,
    methods: group.methods.map((method) => ({ ...method, pValueAdjusted: values[next++] ?? null })),
  }));
}

/** 1 for right, 0 for wrong, `null` where no option was named. */
function mark(task: Task | undefined, reply: Reply | undefined): 0 | 1 | null {
  if (reply?.choice == null) return null;
  return reply.choice === task?.question.right ? 1 : 0;
}

function scoreOf(tasks: readonly Task[], replies: readonly Reply[], indexes: readonly number[]): Score {
  let [parsed, unparsed, missing, right] = [0, 0, 0, 0];
  for (const i of indexes) {
    const value = mark(tasks[i], replies[i]);
    if (value !== null) {
      parsed++;
      right += value;
    } else if (replies[i]?.answered !== true) missing++;
    else unparsed++;
  }
  return {
    parsed,
    unparsed,
    missing,
    right,
    accuracy: parsed === 0 ? null : right / parsed,
    accuracyUnparsedWrong: parsed + unparsed === 0 ? null : right / (parsed + unparsed),
  };
}

/** A question's difference, method minus none, for the questions where both have one. */
interface Difference {
  readonly user: number;
  readonly value: -1 | 0 | 1;
}

function changeOf(
  tasks: readonly Task[],
  method: readonly Reply[],
  none: readonly Reply[],
  indexes: readonly number[],
): Change {
  const differences = (strict: boolean): Difference[] =>
    indexes.flatMap((i) => {
      const sides = [method[i], none[i]].map((reply) => {
        const value = mark(tasks[i], reply);
        return value === null && strict && reply?.answered ? 0 : value;
      });
      const [a, b] = sides as [0 | 1 | null, 0 | 1 | null];
      return a === null || b === null
        ? []
        : [{ user: tasks[i]?.user as number, value: (a - b) as -1 | 0 | 1 }];
    });
  const parsed = differences(false);
  const gained = parsed.filter(({ value }) => value === 1).length;
  const lost = parsed.filter(({ value }) => value === -1).length;
  const primary = inferChange(parsed);
  const withWrong = inferChange(differences(true));
  return {
    pairs: parsed.length,
    gained,
    lost,
    change: primary.change,
    changeCi95: primary.changeCi95,
    test: primary.test,
    pValue: primary.pValue,
    pValueAdjusted: null,
    changeUnparsedWrong: withWrong.change,
    changeUnparsedWrongCi95: withWrong.changeCi95,
  };
}

/**
 * The mean difference over questions, with interval and test. Questions that share a user's history are not independent:
 * Student's t over users takes a user's questions together, and interval and p-value are one t. Where every user has one
 * question, McNemar's exact test, and the adjusted Wald interval. The latter also where no answer differs, or all differ
 * alike: nothing varies then, which a t would take for certainty.
 */
function inferChange(
  differences: readonly Difference[],
): Pick<Change, "change" | "changeCi95" | "pValue" | "test"> {
  if (differences.length === 0) return { change: null, changeCi95: null, pValue: null, test: null };
  const [sums, counts] = perUser(differences, ({ value }) => [value, 1]) as [Float64Array, Float64Array];
  const users = sums.length;
  const change = differences.reduce((sum, { value }) => sum + value, 0) / differences.length;
  const wald = pairedChangeInterval(sums, counts);
  if (users === differences.length) {
    const count = (wanted: number): number => differences.filter(({ value }) => value === wanted).length;
    return { change, changeCi95: wald, pValue: mcnemarExact(count(1), count(-1)), test: "mcnemar" };
  }
  const column = (values: Float64Array) => ({ users, worlds: 1, values });
  const found = infer(ratioOfSums(column(sums), column(counts)));
  const isCertain = found === null || found.standardError === 0;
  return {
    change,
    changeCi95: isCertain ? wald : found.ci95,
    pValue: found === null ? null : found.pValue,
    test: "users",
  };
}
