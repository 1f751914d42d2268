import { fold, type Key } from "../../src/core/random.ts";
import { type Inference, infer } from "../../src/statistics/crossed.ts";
import { quantile } from "../../src/statistics/descriptive.ts";
import { meanOverWorlds } from "../../src/statistics/linearised.ts";
import { usersNeededRange } from "../../src/statistics/plan-range.ts";
import { minimalDetectableEffect, usersNeeded } from "../../src/statistics/power.ts";
import { type VarianceComponents, varianceComponents } from "../../src/statistics/variance-components.ts";
import { percentWithError } from "./markdown.ts";
import { drawStudy, VARIANCE, WORLD_SDS } from "./study.ts";

const SIZES = [
  [300, 5],
  [300, 10],
  [1000, 10],
] as const;
const LEVELS = { "one test": 0.05, "Holm's first of 6": 0.05 / 6 };

const trueVariance = (worldSd: number): VarianceComponents => ({
  users: VARIANCE.users,
  worlds: worldSd ** 2,
  residual: VARIANCE.residual,
});

/** How often a study finds the effect that is said to be found in 80 %, with the true variances known to the plan. */
export function powerRows(replicates: number, key: Key): Record<string, string>[] {
  return SIZES.flatMap(([users, worlds]) =>
    WORLD_SDS.flatMap((worldSd) =>
      Object.entries(LEVELS).map(([name, alpha]) => {
        const effect = minimalDetectableEffect(trueVariance(worldSd), { users, worlds }, { alpha }) as number;
        const design = { users, worlds, worldSd, missing: 0, methods: 1, effect };
        const own = fold(fold(key, "power"), `${users}x${worlds}/${worldSd}/${name}`);
        const estimated: number[] = [];
        const found = Array.from({ length: replicates }, (_, r) => {
          const [cells] = drawStudy(design, fold(own, r)).differences;
          if (cells === undefined) throw new Error("a study has a method");
          const variance = varianceComponents(cells) as VarianceComponents;
          if (r % 8 === 0) {
            estimated.push(minimalDetectableEffect(variance, { users, worlds }, { alpha }) as number);
          }
          return (infer(meanOverWorlds(cells)) as Inference).pValue < alpha ? 1 : 0;
        });
        return {
          "users × worlds": `${users} × ${worlds}`,
          "world SD": String(worldSd),
          level: name,
          "minimum detectable effect": effect.toFixed(3),
          "found, %": percentWithError(found),
          "the same from a run's own variances: 5, 50, 95 of 100": [0.05, 0.5, 0.95]
            .map((p) => (quantile(estimated, p) as number).toFixed(2))
            .join(", "),
        };
      }),
    ),
  );
}

const PILOTS = [
  [40, 5],
  [100, 5],
  [100, 10],
] as const;
const PLANNED = { effect: 0.25, worlds: 10 };

/** What pilots say of the users that a study needs, beside what it truly needs. */
export function scatterRows(replicates: number, key: Key): Record<string, string>[] {
  const text = (users: number | null): string =>
    users === null || users === Infinity ? "no number" : String(users);
  return PILOTS.flatMap(([users, worlds]) =>
    WORLD_SDS.slice(0, 2).map((worldSd) => {
      const truth = usersNeeded(trueVariance(worldSd), PLANNED.effect, PLANNED.worlds) ?? Infinity;
      const own = fold(fold(key, "pilots"), `${users}x${worlds}/${worldSd}`);
      const design = { users, worlds, worldSd, missing: 0, methods: 1, effect: 0 };
      const said: number[] = [];
      const held = Array.from({ length: replicates }, (_, r) => {
        const [cells] = drawStudy(design, fold(own, r)).differences;
        if (cells === undefined) throw new Error("a study has a method");
        const variance = varianceComponents(cells) as VarianceComponents;
        const { effect, worlds: planned } = PLANNED;
        said.push(usersNeeded(variance, effect, planned) ?? Infinity);
        const [low, high] = usersNeededRange(
          variance,
          { users, worlds },
          effect,
          planned,
          fold(own, `range ${r}`),
        );
        return (low ?? Infinity) <= truth && truth <= (high ?? Infinity) ? 1 : 0;
      });
      return {
        pilot: `${users} × ${worlds}`,
        "world SD": String(worldSd),
        "users truly needed": text(truth),
        "users that pilots ask for: 10, 50, 90 of 100": [0.1, 0.5, 0.9]
          .map((p) => text(Math.round(quantile(said, p) as number)))
          .join(", "),
        "range holds the true number, %": percentWithError(held),
      };
    }),
  );
}
