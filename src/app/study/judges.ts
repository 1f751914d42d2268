import { join } from "node:path";
import { ANTONYMS } from "../../catalog/antonyms.ts";
import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { System } from "../../core/ports/system.ts";
import { rootKey } from "../../core/random.ts";
import type { ModelRecord, UsageRow } from "../../core/run-record.ts";
import { markedLines, type Simulated, simulatedIn, simulatedInAny } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import { heldRecord } from "../../judge/held-record.ts";
import { createJudge } from "../../judge/judge.ts";
import { textJudge } from "../../judge/settings.ts";
import { whole } from "../../report/format.ts";
import { type AntonymScores, antonymScores } from "../../studies/judge-comparison/collect.ts";
import { compareJudges, type JudgeComparison } from "../../studies/judge-comparison/compare.ts";
import { judgeOutline } from "../../studies/judge-comparison/outline.ts";
import { type JudgeScores, scoresFromJsonl, scoresFromNpz } from "../../studies/judge-comparison/scores.ts";
import { plainAnswers } from "../../studies/texts.ts";
import { testConversations } from "../compose.ts";
import { checkTraits } from "../model-checks.ts";
import { executeStudy, modelNames } from "./execute-study.ts";
import { type FinishedStudy, OWN_FOLDER } from "./finished-study.ts";
import { markBeside } from "./simulated-source.ts";

export type AntonymPair = readonly [string, string];

/** The pairs of the paper's judge comparison. */
const PAPER_PAIRS: readonly AntonymPair[] = [
  ["verbose", "terse"],
  ["formal", "casual"],
  ["warm", "cold"],
  ["serious", "playful"],
  ["objective", "subjective"],
  ["structured", "unstructured"],
];

/** Every score, in the study's directory; `judges compare` reads it. */
const JUDGE_SCORES = "scores.jsonl";

export interface JudgesSettings {
  readonly judges: readonly ModelConfig[];
  /** How many answers are rated. */
  readonly conversations: number;
  /** None: the paper's six. */
  readonly pairs: readonly AntonymPair[];
  readonly allPairs: boolean;
}

/** The comparison of judges that were asked, with what it took. */
export interface JudgesRecord extends JudgeComparison, Simulated {
  readonly answers: { readonly model: string; readonly asked: number; readonly missing: number };
  /** How each judge that could be was held to the scale. */
  readonly held?: Readonly<Record<string, NonNullable<ModelRecord["constraint"]>>>;
  readonly usage: readonly UsageRow[];
}

/**
 * Asks judges to rate plain answers on antonym pairs, and compares them.
 * @throws UsageError for wrong models or words; StoppedError at the budget's end
 */
export async function runJudges(
  system: System,
  config: Config,
  { judges, conversations, pairs: wanted, allPairs }: JudgesSettings,
  watcher: Watcher,
): Promise<FinishedStudy<JudgesRecord>> {
  const names = modelNames(judges, "--judge");
  const pairs = allPairs ? ANTONYMS : wanted.length > 0 ? wanted : PAPER_PAIRS;
  checkTraits(judges, pairs.flat(), (i) => `antonym pair ${pairs[i >> 1]?.join("/")}`);
  const path = join(config.out, JUDGE_SCORES);

  const source = await testConversations(system, config, conversations);
  const { missing, asked, base, mark, held, usage } = await executeStudy(
    system,
    config,
    [config.models.base, ...judges],
    watcher,
    async ({ models, usage }, observe) => {
      const { concurrency } = config;
      const base = models.language("base", config.models.base);
      const texts = await plainAnswers(base, source, conversations, concurrency, observe);
      const rows: AntonymScores[] = [];
      const asked = judges.map((judge) => models.language("judge", judge));
      for (const [i, model] of asked.entries()) {
        const settings = textJudge(config.judge);
        const { mapping } = settings;
        const judge = { name: names[i] as string, judge: createJudge(model, settings), mapping };
        rows.push(...(await antonymScores(judge, pairs, texts, concurrency, observe)));
      }
      const mark = simulatedInAny([simulatedIn({ base }), ...asked.map((judge) => simulatedIn({ judge }))]);
      writeScores(markedLines(system.openLines(path), mark), rows);
      const held = asked.flatMap((model, i) => {
        const { constraint } = heldRecord(model, config.judge);
        return constraint === undefined ? [] : [[names[i] as string, constraint] as const];
      });
      return {
        mark,
        held: held.length === 0 ? {} : { held: Object.fromEntries(held) },
        asked: texts.length,
        missing: texts.filter(({ text }) => text === null).length,
        base: base.id,
        usage: usage(),
      };
    },
  );
  const scores = scoresFromJsonl(system.readLines(path), path);
  const comparison = compareJudges(scores, rootKey(config.seed));
  const left = missing > 0 ? `, ${whole(missing)} of them missing` : "";
  return {
    record: { ...mark, answers: { model: base, asked, missing }, ...held, usage, ...comparison },
    outline: judgeOutline(comparison, scores, mark, [
      `Rated: ${whole(asked)} plain answers of ${base}${left}; every score stands in ${JUDGE_SCORES}.`,
    ]),
    folder: config.out,
    files: OWN_FOLDER,
    also: [JUDGE_SCORES],
  };
}

/**
 * Compares judges whose scores lie in files; no model is asked.
 * @param seed of the bootstrap and the permutations
 * @param folder where to write files, if any
 */
export function compareJudgeFiles(
  system: System,
  files: readonly string[],
  seed: number,
  folder: string | undefined,
): FinishedStudy<JudgeComparison & Partial<Simulated>> {
  const judges = files.flatMap((file) => readScores(system, file));
  const mark = simulatedInAny(files.map((file) => markBeside(system, file)));
  const comparison = compareJudges(judges, rootKey(seed));
  return {
    record: { ...(mark.simulated && mark), ...comparison },
    outline: judgeOutline(comparison, judges, mark),
    folder,
    files: OWN_FOLDER,
    also: [],
  };
}

function readScores(system: System, file: string): JudgeScores[] {
  return file.endsWith(".jsonl")
    ? scoresFromJsonl(system.readLines(file), file)
    : [scoresFromNpz(system.readFile(file), file)];
}

function writeScores(lines: ReturnType<typeof markedLines>, rows: readonly AntonymScores[]): void {
  for (const row of rows) lines.write(row);
  lines.close();
}
