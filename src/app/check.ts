import { ApmError } from "../core/errors.ts";

/** One thing that was looked at before a run. */
export interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
}

/** An error that is meant for people, as a check that failed; any other is thrown on. */
export function failedCheck(what: string, error: unknown): Check {
  if (!(error instanceof ApmError)) throw error;
  const found = error.where === undefined ? error.message : `${error.message} (${error.where})`;
  return { what, ok: false, found, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}
