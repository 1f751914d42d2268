import type { Split } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import type { Config } from "../core/config/resolved.ts";
import { goesByStages } from "../core/config/schedule.ts";
import { UsageError } from "../core/errors.ts";
import { completeByStages } from "./by-stages.ts";
import { completeUser, type RatedPrinciples } from "./complete-user.ts";
import { stageGauges } from "./gauges.ts";
import type { FrozenUsers, PreparedUser } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";

/**
 * The first users of a split of a frozen set. Whoever has no candidates there and needs some has them made.
 * @param rated as `prepareSplit`
 * @throws UsageError when the set has fewer users than the configuration wants
 */
export async function takeFrozen(
  run: RunSetup & { readonly frozen: FrozenUsers },
  split: Split,
  rated: RatedPrinciples,
): Promise<readonly PreparedUser[]> {
  const { config, frozen } = run;
  const users = chosen(frozen.users[split], split, config);
  if (rated === null) return users.map(withoutCandidates);
  if (split !== "test" || frozen.ratedTest)
    return users.map((user) => ({ ...user, columns: rated(user.profile) }));
  const withKnown = (whole: PreparedUser, i: number): PreparedUser => ({ ...whole, known: users[i]?.known });
  if (goesByStages(config)) {
    const [whole = []] = await completeByStages(run, [{ name: "test users", users, rated }]);
    return whole.map(withKnown);
  }
  const gauges = stageGauges(run, "candidates of test users");
  const whole = await mapConcurrent(users, config.concurrency, async (user, i) =>
    withKnown(await completeUser(run, user, rated, gauges), i),
  );
  gauges.end();
  return whole;
}

/** As of a run whose methods need none: the same record, whatever the set holds. */
function withoutCandidates({ profile, text, known }: PreparedUser): PreparedUser {
  return {
    ...{ profile, text, known, candidates: [], columns: [] },
    ratings: { rows: 0, columns: 0, scores: new Float64Array() },
  };
}

function chosen(
  users: readonly PreparedUser[],
  split: Split,
  { users: wanted }: Pick<Config, "users">,
): readonly PreparedUser[] {
  const count = wanted[split];
  if (users.length >= count) return users.slice(0, count);
  throw new UsageError(
    users.length === 0
      ? `the frozen set has no ${split} users`
      : `the frozen set has ${users.length} ${split} users, ${count} are wanted`,
    {
      where: `users.${split}`,
      remedy:
        users.length === 0
          ? "leave out the methods that learn, or use a set of a run with such a method"
          : `set users.${split} to ${users.length} or fewer`,
    },
  );
}
