import { refuseOtherConfig } from "../app/other-run.ts";
import { shardDirectory } from "../app/shard/place.ts";
import { runShard, type ShardSummary } from "../app/shard/run-shard.ts";
import type { Config } from "../core/config/resolved.ts";
import type { System } from "../core/ports/system.ts";
import type { Watcher } from "../core/watch.ts";
import { whole } from "../report/format.ts";
import type { ShardFlags } from "./shard-flags.ts";

/** Carries out a shard and says on standard output what it has done, and what comes next. */
export async function presentShard(
  system: System,
  config: Config,
  flags: ShardFlags & { readonly json?: boolean },
  watcher: Watcher,
): Promise<void> {
  const { shard = { index: 1, of: 1 }, stage = "users" } = flags;
  const dir = flags.shardOut ?? shardDirectory(config.out, stage, shard);
  refuseOtherConfig(system, { ...config, out: dir });
  const summary = await runShard(system, config, { stage, shard, dir }, watcher);
  system.stdout(flags.json ? `${JSON.stringify(summary)}\n` : shown(summary, config.out));
}

function shown({ stage, shard, dir, failed, storedCalls }: ShardSummary, out: string): string {
  const which = shard.of === 1 ? "" : `, part ${shard.index} of ${shard.of}`;
  const next =
    dir === out
      ? "the next stage, or the run that writes the results"
      : `bring it together with the others: apm-bench store merge ${out} ${dir} ...`;
  return `${[
    `${stage}${which}: done; ${dir} has ${whole(storedCalls)} stored calls`,
    ...(failed > 0 && shard.of > 1
      ? [`${whole(failed)} users failed; \`--stage fit\` or the run itself puts others in their place`]
      : []),
    `next: ${next}`,
  ].join("\n")}\n`;
}
