import { UsageError } from "../../core/errors.ts";

/** No pair can be made of the train users' candidates. */
export function nothingToLearn(): UsageError {
  return new UsageError("no train user's rewards tell a best from a worst candidate", {
    where: "prompt-optimization",
    remedy: "use more train users, or look into the judge's missing scores",
  });
}
