import { fixed, interval, percent, signed, whole } from "../../report/format.ts";
import { left, right, type Table } from "../../report/table.ts";
import type { MethodCurve } from "./learning-curves.ts";
import type { SweepRecord } from "./record.ts";
import { FARTHEST, type UsersNeeded } from "./users-needed.ts";
import { shownCell } from "./vary.ts";

type Curves = Pick<SweepRecord, "learningCurves">;

/** The fitted curves, with the train users that they need; nothing where none was fitted. */
export function curveTables({ learningCurves: curves }: Curves): Table[] {
  if (curves.length === 0) return [];
  const hasValues = curves.some(({ values }) => Object.keys(values).length > 0);
  return [
    {
      id: "learning-curves",
      caption: `Gain against train users: a − b n^(−c), 95 % intervals, and the train users that half and 80 % of the oracle's gain need (– : not within ${FARTHEST} times the largest train set)`,
      columns: [
        ...(hasValues ? [left("cell")] : []),
        { ...left("method"), wraps: true },
        right("a"),
        left("interval of a"),
        right("b"),
        right("c"),
        right("for 50%"),
        left("interval"),
        right("for 80%"),
        left("interval"),
      ],
      rows: curves.map((curve) => [
        ...(hasValues ? [shownCell(curve.values)] : []),
        curve.name,
        ...(curve.fit === null
          ? ["–", "does not learn", "–", "–"]
          : [
              signed(curve.fit.a),
              interval(curve.fit.ci95?.a ?? null, signed),
              fixed(curve.fit.b),
              fixed(curve.fit.c),
            ]),
        ...[0, 1].flatMap((i) => [numberText(curve.needed[i]), boundsText(curve.needed[i])]),
      ]),
      data: curves.map(({ id, name, values, fit, oracle, needed }) => ({
        cell: shownCell(values),
        id,
        method: name,
        a: fit?.a ?? null,
        aLow: fit?.ci95?.a[0] ?? null,
        aHigh: fit?.ci95?.a[1] ?? null,
        b: fit?.b ?? null,
        c: fit?.c ?? null,
        oracle,
        ...Object.fromEntries(
          needed.flatMap(({ share, state, users, ci95 }) => {
            const stem = `users${Math.round(100 * share)}`;
            return [
              [stem, users],
              [`${stem}State`, state],
              [`${stem}Low`, ci95?.[0] ?? null],
              [`${stem}High`, ci95?.[1] ?? null],
            ];
          }),
        ),
      })),
    },
  ];
}

function numberText(needed: UsersNeeded | undefined): string {
  if (needed === undefined || needed.users === null) return "–";
  return needed.state === "at most" ? `≤${whole(needed.users)}` : rounded(needed.users);
}

function boundsText(needed: UsersNeeded | undefined): string {
  if (needed?.ci95 == null) return "–";
  const [low, high] = needed.ci95;
  return high === null ? `≥${rounded(low)}` : interval([low, high], (n) => rounded(n as number));
}

/** Two digits: a curve through a few points tells no more. */
function rounded(n: number): string {
  return whole(Number(n.toPrecision(2)));
}

/** How many train users reach half and 80 % of the oracle's gain, or that the data cannot say. */
export function curveWords({ learningCurves: curves, keys }: Curves & Pick<SweepRecord, "keys">): string[] {
  const sizes = keys.find(({ key }) => key === "users.train")?.values ?? [];
  if (sizes.length === 0) return [];
  if (curves.length === 0) {
    return [
      "No learning curve: that takes three train sets or more, in cells that are finished, and a method that learns.",
    ];
  }
  const largest = Math.max(...sizes.map(Number));
  const scope = curves.some(({ values }) => Object.keys(values).length > 0);
  return [
    ...curves.map((curve) => {
      const name = scope ? `${curve.name} (${shownCell(curve.values)})` : curve.name;
      return curve.fit === null
        ? `${name} gains the same whatever the train users.`
        : `${name}: gain = ${fixed(curve.fit.a)} − ${fixed(curve.fit.b)} n^(−${fixed(curve.fit.c)}) of n train users${neededWords(curve)}.`;
    }),
    `The train sets are nested, the smaller ones the beginning of the larger ones. Users and worlds were drawn anew together for the intervals, train users were not; curves are followed to ${whole(FARTHEST * largest)} train users, ${FARTHEST} times the largest set.`,
  ];
}

function neededWords({ needed, oracle }: MethodCurve): string {
  if (oracle === null) return "; without the routing oracle among the methods there is no share to reach";
  if (needed.length === 0) return "; the oracle itself gains nothing";
  return needed
    .map((own) => {
      const what = `; ${percent(own.share)} of the oracle's gain (${signed(own.gain)})`;
      const [low, high] = own.ci95 ?? [null, null];
      if (own.users === null || low === null) {
        return `${what}: the data cannot say${low === null ? "" : ` (at least ${rounded(low)})`}`;
      }
      const bounds =
        high === null
          ? `at least ${rounded(low)}, and the data cannot say how many at most`
          : `${rounded(low)} to ${rounded(high)}`;
      return own.state === "at most"
        ? `${what}: ${whole(own.users)} or fewer (${bounds})`
        : `${what}: about ${rounded(own.users)} (${bounds})`;
    })
    .join("");
}
