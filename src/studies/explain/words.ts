import type { Interval } from "../../core/run-record.ts";
import { isUnderTest } from "../../methods/about.ts";
import { fixed, interval, percent, signed, whole } from "../../report/format.ts";
import { scopeWords, worldAdvice } from "../../report/scope.ts";
import type { ExplainedMethod } from "./analyse.ts";
import { type Amount, PART_IDS, type PartId } from "./parts.ts";
import type { ExplainRecord } from "./record.ts";
import { PART_NAMES } from "./tables.ts";

/** The result in words, the best method's first. */
export function explainWords(record: ExplainRecord): string[] {
  const advice = worldAdvice(record.worlds.length);
  return [
    ...explainedFirst(record)
      .slice(0, 1)
      .map((method) => methodWords(method, record)),
    ...remainderWords(record),
    routerWords(record),
    reachWords(record),
    ...luckWords(record),
    accuracyWords(record),
    obedienceWords(record),
    ...(record.imported === null
      ? []
      : [
          `The test users come from ${record.imported} and the train users from this benchmark's rewriter: what the recogniser learned of the one may not hold for the other, and that counts as recognising.`,
        ]),
    ...missingWords(record),
    ...(advice === null ? [] : [advice]),
  ];
}

/** The methods under test, the largest gain first; the floors when there are no others. */
export function explainedFirst({ methods }: Pick<ExplainRecord, "methods">): ExplainedMethod[] {
  const tested = methods.filter(isUnderTest);
  return (tested.length > 0 ? tested : [...methods]).toSorted(
    (a, b) => (b.gain.points ?? -Infinity) - (a.gain.points ?? -Infinity),
  );
}

const amountWords = ({ points, ci95 }: Amount, format = fixed): string =>
  `${format(points)} ${interval(ci95, format)}`;

function methodWords(method: ExplainedMethod, { worlds }: ExplainRecord): string {
  const { name, gain, lost, knowing, parts } = method;
  if (lost.points === null) return `${name}: no reward that could be compared.`;
  const scope = scopeWords(worlds.length);
  const share = (id: PartId): string => {
    const of = parts[id].ofLost;
    return of === null ? "" : `, ${percent(of.share)}`;
  };
  const list = PART_IDS.map((id) => `${PART_NAMES[id]} ${amountWords(parts[id])}${share(id)}`).join("; ");
  return [
    `${name} gains ${amountWords(gain, signed)} and stays ${amountWords(lost)} points below the end of the scale${scope}: ${list}.`,
    ...(holdsZero(knowing)
      ? [
          `What knowing attributes and mapping would add to it, ${amountWords(knowing, signed)}, may be nothing, so no shares of it are given.`,
        ]
      : []),
  ].join(" ");
}

/** Who does worse or better than the plug-in router that knows neither, beyond doubt. */
function remainderWords({ methods }: ExplainRecord): string[] {
  const named = (holds: (ci95: Interval) => boolean): string =>
    methods
      .filter(({ parts: { remainder } }) => remainder.ci95 !== null && holds(remainder.ci95))
      .map(({ name, parts }) => `${name} (${signed(parts.remainder.points)})`)
      .join(", ");
  const [worse, better] = [named(([low]) => low > 0), named(([, high]) => high < 0)];
  return [
    ...(worse === ""
      ? []
      : [
          `A router that learns from the train users' true attributes, and the mapping from their rewards, does better than ${worse}: their own remainder.`,
        ]),
    ...(better === "" ? [] : [`Better than that router: ${better}.`]),
  ];
}

const holdsZero = ({ ci95 }: Amount): boolean => ci95 === null || (ci95[0] <= 0 && ci95[1] >= 0);

function routerWords({ router }: ExplainRecord): string {
  const { knowing, recognising, learning } = router;
  return `The plug-in router gains ${amountWords(knowing, signed)} by being told attributes and mapping: recognising ${amountWords(recognising)}, learning the mapping ${amountWords(learning)}.`;
}

function reachWords({ reach, rungs, end }: ExplainRecord): string {
  const both = rungs.find(({ id }) => id === "both")?.meanReward ?? null;
  const beyond = reach.meanReward === null || end === null ? null : end - reach.meanReward;
  return `Of carrying out, ${fixed(beyond)} is what the best style's answers leave to the end of the scale on average, by the train users' ratings; the answers of the router that knows both (${fixed(both)}) fall short of that average by ${amountWords(reach.short)}.`;
}

function luckWords({ luck }: ExplainRecord): string[] {
  if (luck === null) {
    return [
      "The run has no routing oracle, so that the luck of the best of 2K answers is not known (add routing-oracle to its methods).",
    ];
  }
  const draws =
    luck.draw === "second"
      ? "chosen by one draw of the judge and scored by another"
      : "chosen and scored by the same draw of the judge, whose error it holds";
  return [
    `The routing oracle, ${draws}, has ${amountWords(luck, signed)} over the router that knows both: the luck of the best of 2K answers, which no knowledge of the user brings.`,
  ];
}

function accuracyWords({ attributes, principles }: ExplainRecord): string {
  const range = <T extends { right: number | null }>(
    rows: readonly T[],
    name: (row: T) => string,
  ): string => {
    const known = rows
      .filter((row) => row.right !== null)
      .toSorted((a, b) => (a.right ?? 0) - (b.right ?? 0));
    const [least, most] = [known[0], known.at(-1)];
    if (least === undefined || most === undefined) return "nothing that could be told";
    return `from ${percent(least.right)} (${name(least)}) to ${percent(most.right)} (${name(most)})`;
  };
  return `The recogniser names attributes rightly ${range(attributes, (row) => row.attribute)}; chance is ${percent(1 / (2 * attributes.length))} with one attribute a user. The learned mapping, told the true attributes, chooses the true mapping's style ${range(principles, (row) => row.principle)}.`;
}

function obedienceWords({ obedience }: ExplainRecord): string {
  const known = obedience
    .filter(({ moved }) => moved.points !== null)
    .toSorted((a, b) => (a.moved.points ?? 0) - (b.moved.points ?? 0));
  const [least, most] = [known[0], known.at(-1)];
  if (least === undefined || most === undefined) return "How far styles are carried out could not be told.";
  const told = ({ direction, principle, moved }: typeof least): string =>
    `${direction} "${principle}" ${amountWords(moved, signed)}`;
  return `Telling a style moves the judge's score least for ${told(least)}, most for ${told(most)}.`;
}

function missingWords({ methods }: ExplainRecord): string[] {
  const worst = methods.toSorted((a, b) => b.missing - a.missing)[0];
  if (worst === undefined || worst.missing === 0) return [];
  return [
    `Up to ${whole(worst.missing)} of ${whole(worst.pairs + worst.missing)} pairs of user and world have no reward somewhere and are left out (${worst.name}).`,
  ];
}
