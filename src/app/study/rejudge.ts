import { dirname, join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import type { Results } from "../../core/run-record.ts";
import { markedLines, simulatedIn, simulatedInAny } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import type { Watcher } from "../../core/watch.ts";
import { heldRecord } from "../../judge/held-record.ts";
import { createJudge } from "../../judge/judge.ts";
import { remappedJudge } from "../../judge/remapped.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import { analyseRejudged } from "../../studies/rejudge/analyse.ts";
import { collectRejudged, type Rejudged } from "../../studies/rejudge/collect.ts";
import { rejudgeOutline } from "../../studies/rejudge/outline.ts";
import { REJUDGE_SCHEMA, type RejudgeRecord } from "../../studies/rejudge/record.ts";
import { type StoredUser, storedSamples, storedUsers } from "../../studies/rejudge/stored.ts";
import { checkOwnMethods } from "../own-methods.ts";
import { executeWithModels } from "./execute-study.ts";
import type { FinishedStudy } from "./finished-study.ts";
import { type RejudgeSettings, secondConfig } from "./rejudge-config.ts";

/** Names inside the study's directory: a contract with scripts. */
const FILES = { record: "rejudge.json", page: "rejudge.html" };
const SCORES = "scores.jsonl";

/**
 * Has another judge score the answers of a finished run: does the conclusion hold?
 * @param path the run directory, or its results.json
 * @throws UsageError for a run without stored answers, or a directory with another run
 */
export async function runRejudge(
  system: System,
  path: string,
  settings: RejudgeSettings,
  watcher: Watcher,
): Promise<FinishedStudy<RejudgeRecord>> {
  const results = readResults(system, path);
  const dir = path.endsWith(".json") ? dirname(path) : path;
  const config = secondConfig(system, results, dir, settings);
  await checkOwnMethods(system, join(dir, RUN_FILES.config));
  const users = readUsers(system, dir);
  const samplesFile = join(dir, RUN_FILES.samples);
  requireAnswers(system, samplesFile);
  const samples = () => storedSamples(system.readLines(samplesFile), samplesFile, results, users);
  // Read through before anything is paid.
  for (const _ of samples());

  const settingsOfJudge = config.models.judge;
  const { rejudged, judge, simulated, usage } = await executeWithModels(
    system,
    config,
    [settingsOfJudge],
    watcher,
    async (open, observe) => {
      const judge = open.models.language("judge", settingsOfJudge);
      const own = results.config.judge.mapping;
      const scorer = remappedJudge(createJudge(judge, config.judge), config.judge.mapping, own);
      const rejudged = await collectRejudged(results, users, samples(), scorer, config.concurrency, observe);
      const usage = open.usage().filter(({ role }) => role === "judge");
      const { id, identity, simulated } = judge;
      return {
        rejudged,
        judge: { id, identity, ...heldRecord(judge, config.judge) },
        simulated,
        usage,
      };
    },
  );
  const mark = simulatedInAny([results, simulatedIn({ judge: { simulated } })]);
  writeScores(markedLines(system.openLines(join(config.out, SCORES)), mark), results, users, rejudged);

  const key = fold(rootKey(config.seed), "rejudge");
  const record: RejudgeRecord = {
    schema: REJUDGE_SCHEMA,
    version: VERSION,
    ...mark,
    run: dir,
    judges: {
      first: { ...results.models.judge, settings: results.config.judge },
      second: { ...judge, settings: config.judge },
    },
    ...analyseRejudged(results, users, rejudged, config, key),
    usage,
  };
  return { record, outline: rejudgeOutline(record), folder: config.out, files: FILES, also: [SCORES] };
}

function readUsers(system: System, dir: string): StoredUser[] {
  const file = join(dir, RUN_FILES.users);
  requireAnswers(system, file);
  return storedUsers(system.readLines(file), file);
}

function requireAnswers(system: System, file: string): void {
  if (system.exists(file)) return;
  throw new UsageError("this run has no stored answers that could be judged", {
    where: file,
    remedy:
      "keep users.jsonl and samples.jsonl with results.json, or run the benchmark again in its directory",
  });
}

/** Every pair of scores, for analyses of one's own. */
function writeScores(
  lines: ReturnType<typeof markedLines>,
  results: Results,
  users: readonly StoredUser[],
  { methods }: Rejudged,
): void {
  for (const [m, { name }] of results.methods.entries()) {
    for (const { user, principle, first, second } of methods[m]?.scores ?? []) {
      lines.write({ method: name, user: users[user]?.user, principle, first, second });
    }
  }
  lines.close();
}
