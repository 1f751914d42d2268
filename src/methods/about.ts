import type { MethodRole } from "../core/config/ids.ts";
import type { MethodAbout } from "../core/method-about.ts";
import { METHODS } from "./registry.ts";

/** A method as records name it; one that is not of the package brings what it says of itself. */
export interface RecordedMethod {
  readonly id: string;
  readonly about?: MethodAbout;
}

const BY_ID: ReadonlyMap<string, MethodAbout> = new Map(METHODS.map((method) => [method.id, method]));

/** What a recorded method says of itself; `undefined` for one that this version does not know. */
export function aboutOf({ id, about }: RecordedMethod): MethodAbout | undefined {
  return about ?? BY_ID.get(id);
}

/** What a recorded method is to its run; one that this version does not know is a method under test. */
export function roleOf(method: RecordedMethod): MethodRole {
  return aboutOf(method)?.role ?? "method";
}

export const isBaseline = (method: RecordedMethod): boolean => roleOf(method) === "baseline";
/** Every method but the baseline: those that a difference is computed for. */
export const isCompared = (method: RecordedMethod): boolean => !isBaseline(method);
export const isOracle = (method: RecordedMethod): boolean => roleOf(method) === "oracle";
/** A method of the family over which Holm corrects: neither the baseline nor a check of the set-up. */
export const isUnderTest = (method: RecordedMethod): boolean => roleOf(method) === "method";
