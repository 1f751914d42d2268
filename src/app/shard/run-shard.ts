import { join } from "node:path";
import type { Config } from "../../core/config/resolved.ts";
import { StoppedError } from "../../core/errors.ts";
import type { Observer } from "../../core/events.ts";
import type { System } from "../../core/ports/system.ts";
import type { UsageRow } from "../../core/run-record.ts";
import { simulatedIn } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { unitDoer } from "../../pipeline/units/do-unit.ts";
import { type Shard, type ShardStage, shardUnits } from "../../pipeline/units/shard.ts";
import { unitName } from "../../pipeline/units/unit.ts";
import { answerPlainly, prepareUsers, worldsOf } from "../../pipeline/users.ts";
import { progressFile } from "../../run-folder/progress-file.ts";
import { RUN_FILES, writeConfig } from "../../run-folder/run-directory.ts";
import { beginRun, type OpenRun, readyRun } from "../compose.ts";
import { withCrew } from "../crew/with-crew.ts";
import { resumable } from "../execute-run.ts";
import { nothingPaid } from "../nothing-paid.ts";
import { openShardPlace } from "./place.ts";

/** Which part of a run is wanted, and where it is kept. */
export interface ShardOrder {
  readonly stage: ShardStage;
  readonly shard: Shard;
  /** The shard's own directory; the run's where it works alone. */
  readonly dir: string;
}

/** What a shard has done. */
export interface ShardSummary {
  readonly stage: ShardStage;
  readonly shard: Shard;
  /** Its directory. */
  readonly dir: string;
  /** Pieces of work, such as the train users of the shard. */
  readonly units: number;
  /** Users whose rewrites failed: others take their place when the stage is completed. */
  readonly failed: number;
  /** Calls in its own store. */
  readonly storedCalls: number;
  readonly usage: readonly UsageRow[];
}

/**
 * Makes a shard's calls into its own store and writes no results. Done again, it goes on where it was.
 * @throws UsageError for wrong inputs, a directory in use, or users that are not known where a stage builds on them;
 *   StoppedError at the budget; ApmError for what fails on the way
 */
export async function runShard(
  system: System,
  config: Config,
  order: ShardOrder,
  watcher: Watcher,
): Promise<ShardSummary> {
  const { dir, shard } = order;
  const ready = await readyRun(system, config);
  const place = openShardPlace(system, config, dir, shard);
  const run = withCrew(beginRun(ready, place), ready.providers, place);
  const progress = watcher(run.totals);
  const live = progressFile(system, join(dir, RUN_FILES.progress), run.totals, () => {}, markOf(run));
  const observe: Observer = (event) => {
    progress.observe(event);
    live.observe(event);
  };
  run.listen(observe);
  try {
    writeConfig(system, dir, { ...config, out: dir });
    // Users whom other shards have made are taken from the store: asking for them here would pay for them twice.
    const known = beginRun(ready, { ...place, budget: nothingPaid(config.out, place.budget) });
    const whole = (setup: OpenRun["setup"]): RunSetup => ({ ...setup, observe, sink: NOWHERE });
    const done = await carryOut(whole(run.setup), whole(shard.of === 1 ? run.setup : known.setup), order);
    run.store.flush();
    progress.end();
    live.end("finished");
    const { stage } = order;
    return { stage, shard, dir, ...done, storedCalls: run.store.countCalls(), usage: run.usage() };
  } catch (error) {
    progress.end();
    live.end("failed");
    await run.drain();
    throw error instanceof StoppedError ? resumable(error, dir) : error;
  } finally {
    void ready.providers.close();
    place.close();
  }
}

const NOWHERE: RunSetup["sink"] = { user: () => {}, sample: () => {} };

const markOf = ({ setup }: OpenRun) => simulatedIn({ ...setup.models, embedder: setup.embedder });

async function carryOut(
  run: RunSetup,
  known: RunSetup,
  { stage: wanted, shard }: ShardOrder,
): Promise<Pick<ShardSummary, "units" | "failed">> {
  if (shard.of === 1 && wanted === "users") {
    // Alone, it also finds those who take the place of failed users.
    const { replaced, test } = await prepareUsers(run, run.methods, worldsOf(run));
    await answerPlainly(run, test);
    return { units: 1, failed: replaced };
  }
  const units = shardUnits(run, wanted, shard);
  let stage = { name: "", total: 0, isTold: false };
  // Told when it has really begun: users may have to be read before.
  const told = (): void => {
    const { name, total, isTold } = stage;
    if (!isTold) run.observe({ type: "stage", stage: name, total });
    stage.isTold = true;
    run.observe({ type: "progress", stage: name, done: 1, total });
  };
  const work = unitDoer(run, { known, told });
  let failed = 0;
  for (const unit of units) {
    const isFit = unit.from === unit.to;
    stage = { name: unitName(unit), total: isFit ? 1 : unit.to - unit.from, isTold: false };
    failed += (await work(unit)).failed;
    if (isFit) told();
  }
  return { units: units.length, failed };
}
