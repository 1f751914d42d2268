import { ApmError } from "../core/errors.ts";
import type { Gauge, Shortfall } from "../core/gauge.ts";

/** How much of a text is shown. */
const SHOWN = 40;

/** Keeps what was weighed, and the last reason why nothing came of an ask. */
export interface Heard {
  readonly gauge: Gauge;
  /** Probability that a held judge gave the scale's numbers; `undefined` where none was weighed. */
  mass(): number | undefined;
  /** @param before what the reason is said of @throws ApmError with the last reason */
  fail(before?: string): never;
}

/** Listens to the asks of one check. */
export function listening(): Heard {
  let last: Shortfall = { what: "gave nothing" };
  let mass: number | undefined;
  return {
    gauge: {
      usable: () => {},
      weighed: (found) => void (mass = found),
      nothing: (shortfall) => void (last = shortfall),
    },
    mass: () => mass,
    fail: (before) => {
      throw nothing(last, before);
    },
  };
}

/** An ask that gave nothing, as an error for people. */
export const nothing = ({ what, words, remedy }: Shortfall, before = "the answer"): ApmError =>
  new ApmError(`${before} ${what}${words === undefined ? "" : `: ${shown(words, 200)}`}`, {
    ...(remedy === undefined ? {} : { remedy }),
  });

/** The beginning of a text, on one line. */
export function shown(text: string, most = SHOWN): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most)} ...` : line;
}
