import type { MethodResult } from "../core/run-record.ts";
import { infer } from "../statistics/crossed.ts";
import { mean } from "../statistics/descriptive.ts";
import { meanOverWorlds } from "../statistics/linearised.ts";
import type { WorldOutcome } from "./evaluate-world.ts";

/** The rankings of one method over all worlds; nothing for a method that ranks nothing. */
export function summariseRankings(
  outcomes: readonly WorldOutcome[],
  m: number,
): Pick<MethodResult, "pairwiseAccuracy"> {
  const validation = outcomes.flatMap(({ learned }) => learned?.[m]?.validationAccuracy ?? []);
  const worlds = outcomes.map(({ rankings }) => rankings?.[m] ?? []);
  const users = worlds[0]?.length ?? 0;
  const values = new Float64Array(users * worlds.length).fill(Number.NaN);
  worlds.forEach((own, w) => {
    own.forEach((accuracy, u) => {
      values[u * worlds.length + w] = accuracy ?? Number.NaN;
    });
  });
  const found = meanOverWorlds({ users, worlds: worlds.length, values });
  if (found === null && validation.length === 0) return {};
  return {
    pairwiseAccuracy: {
      validation: mean(validation),
      test: found?.estimate ?? null,
      testCi95: (found && infer(found)?.ci95) ?? null,
    },
  };
}
