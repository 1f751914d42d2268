import { fixed, interval, percent, pValue, signed, whole } from "../../report/format.ts";
import type { Check } from "./checks.ts";
import type { AuditRecord } from "./record.ts";

/** The audit in words, the verdict first. */
export function auditWords(audit: AuditRecord): string[] {
  const { checks, isBalanced, imbalance, worlds } = audit;
  const missing = audit.conditions.reduce((sum, row) => sum + row.missing, 0);
  return [
    verdictWords(checks),
    controlWords(audit),
    guessWords(audit),
    ...contrastWords(audit),
    ...(isBalanced
      ? []
      : [
          `The sides of an attribute are uneven among the test users (by ${percent(imbalance)} of them), so that a method can gain without any history by what most users want: a gain without history is no leak here, and the checks of it cannot tell.`,
        ]),
    ...(worlds.every(({ kind }) => kind === "file")
      ? [
          "The mapping is the one of a file. Whether it is arbitrary cannot be tested; that attributes told in words gain under it says that it is not.",
        ]
      : []),
    ...(missing > 0 ? [`${whole(missing)} pairs have no reward and are left out.`] : []),
  ];
}

/** A check in words: "routing, history withheld". */
export function checkName({ subject, condition }: Pick<Check, "subject" | "condition">): string {
  return condition === "" ? subject : `${subject}, ${condition}`;
}

function verdictWords(checks: readonly Check[]): string {
  const having = (verdict: Check["verdict"]) => checks.filter((check) => check.verdict === verdict);
  const [leaks, open] = [having("leak"), having("cannot tell")];
  const names = (list: readonly Check[]): string => list.map(checkName).join("; ");
  if (leaks.length > 0) {
    return `The set-up LEAKS: ${leaks.length} of ${checks.length} checks found a gain where none may be: ${leaks.map((c) => `${checkName(c)} (${estimate(c)})`).join("; ")}.`;
  }
  if (open.length > 0) {
    return `No leak was found, but ${open.length} of ${checks.length} checks CANNOT TELL with this many users and worlds: ${names(open)}. More of both narrow the intervals.`;
  }
  return `No leak: all ${checks.length} checks pass.`;
}

/** An estimate with its interval, in the unit of its check. */
function estimate({ id, estimate: value, ci95 }: Check): string {
  const format = id === "guess" ? percent : signed;
  return ci95 === null ? format(value) : `${format(value)} ${interval(ci95, format)}`;
}

function controlWords({ margin, revealed, checks }: AuditRecord): string {
  const told = checks.find(({ id }) => id === "probe/revealed");
  if (margin.points === null) {
    return "Even answers in the style of a user's true first target gain nothing that is beyond doubt, so that no check can tell anything: the base LLM does not follow styles, or there are too few users.";
  }
  const share =
    revealed.share === null
      ? ""
      : `, ${percent(revealed.share)} of what the style of the true first target gains (${signed(margin.reference)}; difference ${signed(revealed.change)} ${interval(revealed.changeCi95, signed)})`;
  return `Knowing the mapping shows: told attributes and mapping, the LLM gains ${told === undefined ? "" : estimate(told)}${share}. Up to ${fixed(margin.points)} points, ${percent(margin.share)} of that gain, count as none.`;
}

function guessWords({ guess }: AuditRecord): string {
  if (guess.of === 0) return "The LLM gave no guess of the mapping that could be read.";
  const read = guess.unusable === 0 ? "" : ` (${guess.unusable} of ${guess.asked} replies could not be read)`;
  return `From the names alone the LLM guesses ${guess.hits} of ${guess.of} principles with their directions${read}: ${percent(guess.accuracy)}, where chance gives ${percent(guess.chance)} and 95 % of chance lies in ${interval(guess.chanceRange95, percent)}; p = ${pValue(guess.pValue)}.`;
}

function contrastWords({ contrast, stereotype }: AuditRecord): string[] {
  if (stereotype === null) return ["There is no stereotype to contrast the mappings with."];
  const which = (reading: string): string =>
    contrast
      .filter((row) => row.reading === reading)
      .map(
        ({ subject, arbitrary, stereotype: own }) =>
          `${subject} (${signed(own.delta)} against ${signed(arbitrary.delta)})`,
      )
      .join(", ") || "none";
  const source = stereotype.source === "guess" ? "the LLM's own guess" : "of the file";
  return [
    `Where the mapping is the stereotype (${source}), these gain that are not shown to gain under arbitrary mappings: ${which("stereotype only")}. Gain under both: ${which("both")}.`,
  ];
}
