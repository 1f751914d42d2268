import { isCompared } from "../../methods/about.ts";
import { fixed, interval, signed, whole } from "../../report/format.ts";
import type { Estimate } from "./agreement.ts";
import type { RejudgeRecord } from "./record.ts";

/** A figure with its interval, or a dash. */
export const estimate = ({ value, ci95 }: Estimate, format = fixed): string =>
  value === null || ci95 === null ? format(value) : `${format(value)} ${interval(ci95, format)}`;

/** What both judges' gains say, in words; nothing is said of gains that one of them did not give. */
function conclusionWords(compared: RejudgeRecord["methods"]): string[] {
  const verdict = (ci: readonly [number, number] | null): string =>
    ci === null ? "unknown" : ci[0] > 0 ? "gain" : ci[1] < 0 ? "loss" : "open";
  const known = compared.filter(({ first, second }) => first.deltaCi95 !== null && second.deltaCi95 !== null);
  if (known.length === 0) return [];
  const unknown = compared.filter((method) => !known.includes(method));
  const changed = known.filter((m) => verdict(m.first.deltaCi95) !== verdict(m.second.deltaCi95));
  const moved = known.filter(({ change: { ci95 } }) => ci95 !== null && (ci95[0] > 0 || ci95[1] < 0));
  return [
    changed.length === 0
      ? "Under both judges every method's 95 % interval of Δ says the same: gain, loss, or open."
      : `The conclusion changes for ${changed.map((m) => `${m.name} (${verdict(m.first.deltaCi95)}, now ${verdict(m.second.deltaCi95)})`).join(", ")}.`,
    moved.length === 0
      ? "No method's Δ differs beyond its interval."
      : `Δ differs for ${moved.map((m) => `${m.name} (${signed(m.change.delta)} ${interval(m.change.ci95, signed)})`).join(", ")}.`,
    ...(unknown.length === 0
      ? []
      : [
          `Too few scores of one of the judges to say anything of ${unknown.map(({ name }) => name).join(", ")}.`,
        ]),
  ];
}

/** The result in words. */
export function rejudgeWords(record: RejudgeRecord): string[] {
  const { overall, methods, rankingSpearman, judges, principles } = record;
  const compared = methods.filter(isCompared);
  const silent = (["first", "second"] as const).filter((judge) =>
    methods.every((method) => method[judge].meanReward === null),
  );
  const least = principles
    .filter(({ quadraticKappa }) => quadraticKappa.value !== null)
    .toSorted((a, b) => (a.quadraticKappa.value as number) - (b.quadraticKappa.value as number))[0];
  return [
    ...(judges.first.identity === judges.second.identity
      ? ["Both judges are the same model with the same settings: what follows is its agreement with itself."]
      : []),
    `The answers are those of the run, and the methods learned from ratings of ${judges.first.id}; ${judges.second.id} judged the answers alone.`,
    ...silent.map(
      (judge) =>
        `The ${judge} judge, ${judges[judge].id}, gave no score to any answer: there is nothing to compare the other one's with.`,
    ),
    ...conclusionWords(compared),
    ...(rankingSpearman === null
      ? []
      : [`The methods' Δ rank alike with a correlation of ${fixed(rankingSpearman)} (Spearman).`]),
    ...(overall.scores === 0
      ? []
      : [
          `Over all answers, each text once: Spearman ${estimate(overall.spearman)}, quadratic kappa ${estimate(overall.quadraticKappa)}, and the second judge scores ${estimate(overall.difference, signed)} points from the first.`,
        ]),
    ...(least === undefined || least.quadraticKappa.value === 1
      ? []
      : [`They agree least on "${least.principle}": quadratic kappa ${estimate(least.quadraticKappa)}.`]),
    ...(overall.missing > 0
      ? [
          `${whole(overall.missing)} scores are missing from one of the judges; they and their pairs are left out.`,
        ]
      : []),
  ];
}
