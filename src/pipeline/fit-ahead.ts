import { styleLabels } from "../core/artifacts.ts";
import type { MethodConfig } from "../core/config/resolved.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { World } from "../world/mapping.ts";
import { methodKey } from "./fit.ts";
import type { FitAhead } from "./fit-order.ts";
import type { PreparedUser } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";
import type { PreparedUsers } from "./users.ts";
import { rewardsIn } from "./world-view.ts";

/** The fits of methods that fit alone, world by world, in the order in which they will be asked for. */
export function fitsAhead(
  { config, recorded }: RunSetup,
  methods: readonly ConfiguredMethod[],
  { train, validation }: Pick<PreparedUsers, "train" | "validation">,
  worlds: readonly World[],
): FitAhead[] {
  const labels = styleLabels(config.pool.principles, config.styles?.avoid);
  const users = { train: train.map(({ text }) => text), validation: validation.map(({ text }) => text) };
  return worlds.flatMap((world) =>
    methods.flatMap(({ name, implementation }, m): FitAhead[] => {
      if (implementation.kind !== "method" || !implementation.fitsAlone || recorded?.has(name)) return [];
      const rewards = (of: readonly PreparedUser[]): Float64Array =>
        rewardTable(of, world, config.targets, labels.length);
      const order = () => ({
        method: config.methods[m] as MethodConfig,
        key: methodKey(config, world, name),
        ...{ labels, users },
        rewards: { train: rewards(train), validation: rewards(validation) },
      });
      return [{ method: name, world: world.seed, order }];
    }),
  );
}

/** As `FitOrder.rewards`. */
function rewardTable(
  users: readonly PreparedUser[],
  world: World,
  targets: number,
  labels: number,
): Float64Array {
  const table = new Float64Array(users.length * labels).fill(Number.POSITIVE_INFINITY);
  for (const [i, user] of users.entries()) {
    for (const [row, reward] of rewardsIn(user, world, targets).entries())
      if (user.candidates[row] !== null) table[i * labels + row] = reward ?? Number.NaN;
  }
  return table;
}
