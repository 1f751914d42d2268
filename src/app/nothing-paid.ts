import { UsageError } from "../core/errors.ts";
import type { Budget } from "../providers/decorators/budget.ts";

/** What is not stored is not asked for. */
export function nothingPaid(dir: string, { spent }: Budget): Budget {
  return {
    spent,
    made: () => {},
    run() {
      throw new UsageError("the store of this run has not all that its users were made from", {
        where: dir,
        remedy:
          "run the benchmark again in its directory, with the same configuration: only what is missing is asked for",
      });
    },
  };
}
