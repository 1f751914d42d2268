import { UsageError } from "../core/errors.ts";
import type { Results } from "../core/run-record.ts";
import type { RunComparison } from "./compare-runs.ts";

/** A lower limit on one value of a comparison, as a person wrote it. */
export interface Threshold {
  /** What stands before the last "=": a method, or a method and a value of it. */
  readonly left: string;
  readonly least: number;
}

/** The values that can be held to a limit, by what is written behind the method. */
const VALUES = {
  "": "Δ in the second run",
  ".low": "the lower bound of Δ's 95 % interval in the second run",
  ".change": "the change of Δ",
  ".change.low": "the lower bound of the change's 95 % interval",
} as const;
type ValueName = keyof typeof VALUES;
/** Longest first: ".change.low" ends with ".low", too. */
const SUFFIXES: readonly ValueName[] = [".change.low", ".change", ".low", ""];

/** A limit that was not reached. */
export interface BrokenThreshold {
  /** As it was written. */
  readonly rule: string;
  readonly method: string;
  readonly quantity: "delta" | "delta.low" | "change" | "change.low";
  /** `null`: it could not be computed, which reaches no limit. */
  readonly value: number | null;
  /** The limit. */
  readonly delta: number;
}

/** @throws UsageError for anything but METHOD=x, METHOD.low=x, METHOD.change=x and METHOD.change.low=x */
export function parseThreshold(text: string): Threshold {
  const at = text.lastIndexOf("=");
  const least = Number(text.slice(at + 1));
  if (at < 1 || text.slice(at + 1).trim() === "" || !Number.isFinite(least)) {
    throw new UsageError(`"${text}" is no threshold`, {
      where: "--fail-below",
      remedy: "write METHOD=DELTA, such as routing=0.5, or METHOD.low, METHOD.change, METHOD.change.low",
    });
  }
  return { left: text.slice(0, at), least };
}

/**
 * The limits that a comparison does not reach. A method is named by name or id; one without the value is below every
 * limit.
 * @param second the record of the run that is compared
 * @throws UsageError when there is no such method in it
 */
export function brokenThresholds(
  thresholds: readonly Threshold[],
  second: Results,
  { changes }: RunComparison,
): BrokenThreshold[] {
  return thresholds.flatMap(({ left, least }): BrokenThreshold[] => {
    const { method, suffix } = meantBy(left, second);
    const { summary } = method;
    const change = changes.find(({ name }) => name === method.name);
    const value = {
      "": summary.delta,
      ".low": summary.deltaCi95?.[0] ?? null,
      ".change": change?.change ?? null,
      ".change.low": change?.changeCi95?.[0] ?? null,
    }[suffix];
    if (value !== null && value >= least) return [];
    const quantity = `${suffix.startsWith(".change") ? "change" : "delta"}${suffix.endsWith(".low") ? ".low" : ""}`;
    return [
      {
        rule: `${left}=${least}`,
        method: method.name,
        quantity: quantity as BrokenThreshold["quantity"],
        value,
        delta: least,
      },
    ];
  });
}

/** A method whose own name ends like a value is that method. */
function meantBy(left: string, { methods }: Results) {
  for (const suffix of ["" as const, ...SUFFIXES]) {
    if (!left.endsWith(suffix)) continue;
    const wanted = left.slice(0, left.length - suffix.length);
    const method = methods.find((m) => m.name === wanted) ?? methods.find((m) => m.id === wanted);
    if (method !== undefined) return { method, suffix };
  }
  throw new UsageError(`there is no method "${left}" in the second run`, {
    where: "--fail-below",
    remedy: `name one of: ${methods.map((m) => m.id).join(", ")}; behind it .low, .change or .change.low, if wanted`,
  });
}

/** What was found and what was asked for, for people. */
export function shownThreshold({ rule, method, quantity, value, delta }: BrokenThreshold): string {
  const suffix = (
    { delta: "", "delta.low": ".low", change: ".change", "change.low": ".change.low" } as const
  )[quantity];
  const found = value === null ? "has no value" : `is ${value.toFixed(3)}`;
  return `below threshold ${rule}: ${VALUES[suffix]} of ${method} ${found}, less than ${delta}`;
}
