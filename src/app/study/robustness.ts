import { join } from "node:path";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { promptFingerprints } from "../../core/prompt/prompts.ts";
import { fold } from "../../core/random.ts";
import { markedLines, simulatedIn } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import type { Watcher } from "../../core/watch.ts";
import { resultConfig } from "../../pipeline/run.ts";
import { whole } from "../../report/format.ts";
import { leftOutInWords, loadQuestionSet, someQuestions } from "../../studies/robustness/load.ts";
import {
  OWN,
  type QuestionSet,
  SET_IDS,
  SET_NAMES,
  type SetId,
  setTitle,
} from "../../studies/robustness/question.ts";
import { ROBUSTNESS_SCHEMA, type Robustness } from "../../studies/robustness/record.ts";
import { robustnessOutline } from "../../studies/robustness/report.ts";
import { runRobustness as askQuestions, robustnessKey } from "../../studies/robustness/run.ts";
import { conversationPorts } from "../conversation-ports.ts";
import { refuseOtherRun } from "./beside-run.ts";
import { executeInRun } from "./execute-study.ts";
import type { FinishedStudy } from "./finished-study.ts";

export interface RobustnessSettings {
  /** Where each set's questions come from; none named: all of this package's own. */
  readonly sources: Readonly<Partial<Record<SetId, string | undefined>>>;
  /** At most so many questions a set, drawn by the seed. */
  readonly questions?: number | undefined;
  /** The world that methods are fitted in, by its seed or its place from 1 on; `undefined`: the first. */
  readonly world?: number | undefined;
}

/** Names inside the run directory, beside those of the run itself. */
const FILES = { record: "robustness.json", page: "robustness.html" };
const ANSWERS = "robustness-answers.jsonl";

/** The seed of a world that is named by its seed or, where no seed is such, by its place. */
function worldAsked(seeds: readonly number[], asked: number): number {
  const world = seeds.includes(asked) ? asked : seeds[asked - 1];
  if (world !== undefined) return world;
  throw new UsageError(`this run has no world ${asked}`, {
    where: "--world",
    remedy: `choose one of: ${seeds.map((seed, i) => `${i + 1} (seed ${seed})`).join(", ")}`,
  });
}

/**
 * What personalization costs in knowledge, truthfulness and fairness.
 * @param config read where `configBesideRun` says
 * @throws UsageError for a world that the run lacks, questions that cannot be read, or a directory with another run
 */
export async function runRobustness(
  system: System,
  config: Config,
  settings: RobustnessSettings,
  watcher: Watcher,
): Promise<FinishedStudy<Robustness>> {
  const world = worldAsked(config.worlds, settings.world ?? 1);
  refuseOtherRun(system, config, "apm-bench robustness");
  const sets = await questionsOf(system, config, settings);
  const record = await executeInRun(system, config, watcher, async (run, observe): Promise<Robustness> => {
    const mark = simulatedIn({ ...run.setup.models, embedder: run.setup.embedder });
    const lines = markedLines(system.openLines(join(config.out, ANSWERS)), mark);
    const nowhere = { user: () => {}, sample: () => {} };
    try {
      const { users, sets: results } = await askQuestions(
        { ...run.setup, observe, sink: nowhere },
        sets,
        world,
        (line) => lines.write(line),
      );
      lines.close();
      const { id, identity } = run.setup.models.base;
      return {
        schema: ROBUSTNESS_SCHEMA,
        version: VERSION,
        ...mark,
        config: resultConfig(config),
        world,
        model: { id, identity },
        prompt: promptFingerprints().multipleChoice,
        users,
        primary: "parsed",
        sets: results,
        usage: run.usage(),
      };
    } catch (error) {
      lines.discard();
      throw error;
    }
  });
  return { record, outline: robustnessOutline(record), folder: config.out, files: FILES, also: [ANSWERS] };
}

/** The sets that have a source; all three of this package's own where none has. */
async function questionsOf(
  system: System,
  { seed }: Config,
  { sources, questions = Infinity }: RobustnessSettings,
): Promise<QuestionSet[]> {
  const none = SET_IDS.every((id) => sources[id] === undefined);
  const sets: QuestionSet[] = [];
  for (const id of SET_IDS) {
    const source = sources[id] ?? (none ? OWN : undefined);
    if (source === undefined) continue;
    const set = await loadQuestionSet(id, source, `--${id}`, conversationPorts(system));
    const drawn = someQuestions(set, questions, fold(fold(robustnessKey(seed), "draw"), id));
    const of = drawn.questions.length < set.questions.length ? ` of ${whole(set.questions.length)}` : "";
    const left = set.leftOut > 0 ? `, left out: ${leftOutInWords(set.reasons)}` : "";
    const title = setTitle(set);
    const form = title === SET_NAMES[id] ? ` from ${source}` : ` in the form of ${SET_NAMES[id]}`;
    system.stderr(`${title}: ${whole(drawn.questions.length)}${of} questions${form}${left}\n`);
    sets.push(drawn);
  }
  return sets;
}
