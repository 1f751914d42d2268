import type { StyleLabel } from "../core/artifacts.ts";
import type { ClassifierFit, ClassifierRecord } from "../core/classifier-record.ts";
import { directionOf } from "../core/rating-scale.ts";
import type { WorldUser } from "./world-view.ts";

/**
 * A classifier with its accuracy on test users, which no method can know: how often the chosen style is that of the user's
 * strongest target (one of them, where several are equally strong).
 * @param chosen in the users' order; `undefined` counts as wrong
 * @param labels the 2K styles, of principles in their order
 */
export function withTest(
  { accuracy, ...fit }: ClassifierFit,
  chosen: readonly (StyleLabel | undefined)[],
  users: readonly Pick<WorldUser, "targets">[],
  labels: readonly StyleLabel[],
): ClassifierRecord {
  const known = users
    .map(({ targets }, u) => ({ targets, label: chosen[u] }))
    .filter(({ targets }) => targets.length > 0);
  const right = known.filter(({ targets, label }) => {
    const most = Math.max(...targets.map(({ weight }) => weight));
    return targets.some(
      ({ principle, sign, weight }) =>
        weight === most &&
        labels[2 * principle]?.principle === label?.principle &&
        directionOf(sign) === label?.direction,
    );
  });
  return { ...fit, accuracy: { ...accuracy, test: known.length === 0 ? null : right.length / known.length } };
}
