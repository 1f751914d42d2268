import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";
import type { Watcher } from "../../core/watch.ts";
import { worldsOf } from "../../pipeline/users.ts";
import { whole } from "../../report/format.ts";
import { readRun } from "../../run-folder/read-run.ts";
import { analyseExplained } from "../../studies/explain/analyse.ts";
import { askCells, chooseCells, explainedUsers } from "../../studies/explain/collect.ts";
import { explainOutline } from "../../studies/explain/outline.ts";
import { type ExplainRecord, explainRecord } from "../../studies/explain/record.ts";
import type { OpenRun } from "../compose.ts";
import { refuseOtherRun } from "./beside-run.ts";
import { executeInRun } from "./execute-study.ts";
import type { FinishedStudy } from "./finished-study.ts";
import { type NewCalls, storedAnswers } from "./stored-answers.ts";

/** A recogniser is fitted on parts of them. */
const FEWEST_TRAIN_USERS = 8;

/** Names inside the run directory, beside those of the run itself. */
const FILES = { record: "explain.json", page: "explain.html" };

/** What a study would ask that is not stored, by role. */
export interface ExplainEstimate {
  readonly newCalls: NewCalls & { readonly total: number };
}

/**
 * Where the gain of a finished run's methods is lost. Says how many calls are new before it asks any.
 * @param config read where `configBesideRun` says
 * @throws UsageError for a directory without a finished run, with another one, or one whose run has no train users
 */
export async function runExplain(
  system: System,
  config: Config,
  watcher: Watcher,
): Promise<FinishedStudy<ExplainRecord>> {
  const { results, differences } = explainableRun(system, config);
  const record = await executeInRun(system, config, watcher, async (run, observe) => {
    checkWorlds(results, run);
    const setup = { ...run.setup, observe, sink: { user: () => {}, sample: () => {} } };
    const tell = (message: string) => observe({ type: "note", message });
    const { users, choices, newCalls } = await look(run, (missing) => {
      tell(`the run's own users are not all stored any more: ${newCallsInWords(missing)}`);
      return explainedUsers(setup);
    });
    tell(newCallsInWords(newCalls));
    const explained = await askCells(setup, users, choices);
    return explainRecord(results, analyseExplained(explained, results, differences), run.usage());
  });
  return { record, outline: explainOutline(record), folder: config.out, files: FILES, also: [] };
}

/** How many calls `runExplain` would pay for; asks nothing. @throws as `runExplain` */
export async function estimateExplain(
  system: System,
  config: Config,
  watcher: Watcher,
): Promise<ExplainEstimate> {
  const { results } = explainableRun(system, config);
  return executeInRun(system, config, watcher, async (run) => {
    checkWorlds(results, run);
    return { newCalls: (await look(run)).newCalls };
  });
}

/** "1,500 new calls (1,500 of the base LLM); ..." */
export function newCallsInWords(newCalls: ExplainEstimate["newCalls"]): string {
  if (newCalls.total === 0) return "every answer that is needed is stored: no call is new";
  const { base, candidate, rewriter, judge, total } = newCalls;
  const parts = Object.entries({ "base LLM": base, "candidate LLM": candidate, rewriter, judge })
    .filter(([, n]) => n > 0)
    .map(([role, n]) => `${role} ${whole(n)}`);
  return `${whole(total)} ${total === 1 ? "call is" : "calls are"} new (${parts.join(", ")}); everything else is stored`;
}

/**
 * Everything short of asking, as far as the store goes.
 * @param make makes the users whose answers are not all stored, and is told how many are not; without it they stay as the
 *   store gives them
 */
async function look(
  { setup }: Pick<OpenRun, "setup">,
  make?: (missing: ExplainEstimate["newCalls"]) => ReturnType<typeof explainedUsers>,
) {
  const offline = storedAnswers(setup);
  const stored = await explainedUsers(offline.setup);
  const lost = withTotal(offline.missing());
  const users = lost.total === 0 || make === undefined ? stored : await make(lost);
  const choices = chooseCells(setup, users);
  // Of users that were made just now nothing is new any more.
  const rest = users === stored ? offline : storedAnswers(setup);
  await askCells(rest.setup, users, choices);
  return { users, choices, newCalls: withTotal(rest.missing()) };
}

const withTotal = (calls: NewCalls): ExplainEstimate["newCalls"] => ({
  ...calls,
  total: calls.base + calls.candidate + calls.rewriter + calls.judge,
});

function explainableRun(system: System, config: Config): ReturnType<typeof readRun> {
  const run = readRun(system, config.out);
  refuseOtherRun(system, config, "apm-bench explain");
  const { train } = run.results.users;
  if (train < FEWEST_TRAIN_USERS) {
    const some = train === 0 ? "no" : "hardly any";
    throw new UsageError(
      `this run has ${some} train users, from whom attributes and mapping could be learned`,
      {
        where: config.out,
        remedy:
          "add a method that learns, such as routing, to its methods and run it again in its directory: what is stored is not asked again",
      },
    );
  }
  return run;
}

/** Explaining needs to know C: the run's worlds must be those that its configuration gives. */
function checkWorlds({ worlds }: Results, { setup, config }: Pick<OpenRun, "setup" | "config">): void {
  const own = worldsOf(setup);
  const unknown = worlds.find(({ matrix }, w) => canonicalJson(matrix) !== canonicalJson(own[w]?.matrix));
  if (unknown === undefined) return;
  throw new UsageError(
    `the mapping of world ${unknown.seed} is not known: the run has another one than its configuration gives`,
    {
      where: config.out,
      remedy: "explain the run with the version and the mapping file that it was made with",
    },
  );
}
