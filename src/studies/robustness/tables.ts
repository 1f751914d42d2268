import { BASELINE } from "../../methods/registry.ts";
import { interval, percent, pValue, signed, whole } from "../../report/format.ts";
import { INTERVAL, left, right, type Table } from "../../report/table.ts";
import type { Change, GroupResult, Robustness, Score, SetResult } from "./record.ts";

type MethodRow = GroupResult["methods"][number];

/** Accuracies, to a tenth of a percent. */
export const tenths = (share: number | null): string => percent(share, 1);
/** Percentage points of a difference of shares. */
export const points = (share: number | null): string => signed(share === null ? null : 100 * share, 1);
export const bounds = (ci: Change["changeCi95"]): string => interval(ci, points);

/** Every method on every set: what the command prints first. */
export function accuracyTable({ sets }: Robustness): Table {
  const line = (set: SetResult, name: string, score: Score, change?: Change): string[] => [
    set.name,
    name,
    tenths(score.accuracy),
    points(change?.change ?? null),
    bounds(change?.changeCi95 ?? null),
    change === undefined ? "–" : `${change.gained} : ${change.lost}`,
    pValue(change?.pValue ?? null),
    pValue(change?.pValueAdjusted ?? null),
    whole(score.unparsed),
    whole(score.missing),
    tenths(score.accuracyUnparsedWrong),
    points(change?.changeUnparsedWrong ?? null),
  ];
  return {
    id: "robustness",
    caption:
      "Accuracy among parsed answers and its change against none in percentage points, with 95 % intervals over users; p by a t over users, or McNemar's exact test where each user has one question, Holm-adjusted over methods; last two columns: unparsed answers counted as wrong",
    columns: [
      left("set"),
      left("method"),
      right("accuracy"),
      right("change"),
      INTERVAL,
      right("gained : lost"),
      right("p"),
      right("p (Holm)"),
      right("unparsed"),
      right("missing"),
      right("unparsed wrong"),
      right("change"),
    ],
    rows: sets.flatMap((set) => [
      line(set, BASELINE.title, set.none),
      ...set.methods.map((method) => line(set, method.name, method, method)),
    ]),
    data: sets.flatMap((set) => dataOf({ set: set.id, category: "" }, set)),
  };
}

/** The same per category, for sets that have any. */
export function categoryTable({ sets }: Robustness): Table {
  const groups = sets.flatMap((set) => set.categories.map((group) => ({ set, group })));
  return {
    id: "robustness-categories",
    caption: "The same per category; p Holm-adjusted over the methods and categories of a set",
    columns: [
      left("set"),
      left("category"),
      right("questions"),
      left("method"),
      right(BASELINE.title),
      right("accuracy"),
      right("change"),
      INTERVAL,
      right("p (Holm)"),
      right("unparsed"),
    ],
    rows: groups.flatMap(({ set, group }) =>
      group.methods.map((method) => [
        set.name,
        group.category,
        whole(group.questions),
        method.name,
        tenths(group.none.accuracy),
        tenths(method.accuracy),
        points(method.change),
        bounds(method.changeCi95),
        pValue(method.pValueAdjusted),
        whole(method.unparsed),
      ]),
    ),
    data: groups.flatMap(({ set, group }) => dataOf({ set: set.id, category: group.category }, group)),
  };
}

function dataOf(place: { set: string; category: string }, group: GroupResult): Table["data"] {
  const scores = ({ parsed, unparsed, missing, right, accuracy, accuracyUnparsedWrong }: Score) => ({
    parsed,
    unparsed,
    missing,
    right,
    accuracy,
    accuracyUnparsedWrong,
  });
  const changes = (m: MethodRow | undefined) => ({
    pairs: m?.pairs ?? null,
    gained: m?.gained ?? null,
    lost: m?.lost ?? null,
    change: m?.change ?? null,
    changeLow: m?.changeCi95?.[0] ?? null,
    changeHigh: m?.changeCi95?.[1] ?? null,
    pValue: m?.pValue ?? null,
    pValueAdjusted: m?.pValueAdjusted ?? null,
    changeUnparsedWrong: m?.changeUnparsedWrong ?? null,
    changeUnparsedWrongLow: m?.changeUnparsedWrongCi95?.[0] ?? null,
    changeUnparsedWrongHigh: m?.changeUnparsedWrongCi95?.[1] ?? null,
  });
  const head = { ...place, questions: group.questions };
  return [
    { ...head, method: BASELINE.title, ...scores(group.none), ...changes(undefined) },
    ...group.methods.map((m) => ({ ...head, method: m.name, ...scores(m), ...changes(m) })),
  ];
}

/** BBQ's bias scores; `null` when no set has any. */
export function biasTable({ sets }: Robustness): Table | null {
  const bias = sets.find((set) => set.bias !== undefined)?.bias;
  if (bias === undefined) return null;
  const rows = [{ name: BASELINE.title, ...bias.none, change: null, changeCi95: null }, ...bias.methods];
  return {
    id: "robustness-bias",
    caption: `Bias score in disambiguated contexts, 2 × biased / answers − 1 (Parrish et al., 2022): 0 is none, 1 all answers biased; ${whole(bias.questions)} questions whose biased answer the data tell`,
    columns: [left("method"), right("answers"), right("biased"), right("score"), right("change"), INTERVAL],
    rows: rows.map((row) => [
      row.name,
      whole(row.answers),
      whole(row.biased),
      signed(row.score),
      signed(row.change),
      interval(row.changeCi95, signed),
    ]),
    data: rows.map(({ name, answers, biased, score, change, changeCi95 }) => ({
      method: name,
      answers,
      biased,
      score,
      change,
      changeLow: changeCi95?.[0] ?? null,
      changeHigh: changeCi95?.[1] ?? null,
    })),
  };
}
