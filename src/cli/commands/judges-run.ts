import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { checkTraits } from "../../app/providers.ts";
import {
  executeStudy,
  modelNames,
  modelsNamed,
  type StudyFlags,
  studyConfig,
} from "../../app/study/execute-study.ts";
import { outputComparison } from "../../app/study/judge-scores.ts";
import { ANTONYMS } from "../../catalog/antonyms.ts";
import type { System } from "../../core/ports/system.ts";
import { createJudge } from "../../judge/judge.ts";
import { whole } from "../../report/format.ts";
import { type AntonymScores, antonymScores } from "../../studies/judge-comparison/collect.ts";
import { scoresFromJsonl } from "../../studies/judge-comparison/scores.ts";
import { plainAnswers, type RatedText } from "../../studies/texts.ts";
import { addSettingFlags, collect } from "../options.ts";
import { consoleWatcher } from "../progress.ts";
import { positiveNumber } from "./flag-values.ts";

type Pair = readonly [string, string];

interface RunFlags extends StudyFlags {
  readonly model?: string;
  readonly judge: string[];
  readonly conversations: number;
  readonly pair: Pair[];
  readonly allPairs?: boolean;
}

/** The pairs of the paper's judge comparison. */
const PAPER_PAIRS: readonly Pair[] = [
  ["verbose", "terse"],
  ["formal", "casual"],
  ["warm", "cold"],
  ["serious", "playful"],
  ["objective", "subjective"],
  ["structured", "unstructured"],
];

const SCORES = "scores.jsonl";

/** `judges run`: asks judges for the scores that `judges compare` reads, and compares them. */
export function judgesRunCommand(system: System): Command {
  return addSettingFlags(
    new Command("run")
      .description("ask judges to rate plain answers on antonym pairs, and compare them")
      .argument("[config]", "apm.config.ts or a .json file; by default the one in this folder, if any"),
  )
    .option("--out <dir>", "study directory", "runs/judges")
    .option("--judge <provider:model>", "a judge, or the JSON of its settings; may be repeated", collect, [])
    .option("--model <provider:model>", "the model that writes the answers (and judges, without --judge)")
    .option("--conversations <n>", "how many answers are rated", positiveNumber, 160)
    .option(
      "--pair <a/b>",
      "a pair of antonyms, such as warm/cold; may be repeated (by default the paper's six)",
      (text: string, before: Pair[]) => [...before, pairOf(text)],
      [],
    )
    .option("--all-pairs", "all pairs of the catalog")
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", EXAMPLES)
    .action((file: string | undefined, flags: RunFlags) => runJudges(system, file, flags));
}

async function runJudges(system: System, file: string | undefined, flags: RunFlags): Promise<void> {
  const { judge: specs, ...base } = flags;
  const config = await studyConfig(system, file, base, flags.conversations);
  const judges = await modelsNamed(system, file, base, "judge", specs);
  const names = modelNames(judges, "--judge");
  const pairs = flags.allPairs ? ANTONYMS : flags.pair.length > 0 ? flags.pair : PAPER_PAIRS;
  checkTraits(judges, pairs.flat(), (i) => `antonym pair ${pairs[i >> 1]?.join("/")}`);
  const path = join(config.out, SCORES);

  const collected = await executeStudy(system, config, consoleWatcher(system), async (run, observe) => {
    const { models, conversations } = run.context;
    const { concurrency } = config;
    const source = conversations.test;
    const texts = await plainAnswers(models.base, source, flags.conversations, concurrency, observe);
    const rows: AntonymScores[] = [];
    const asked = judges.map((judge) => run.model("judge", judge));
    for (const [i, model] of asked.entries()) {
      const judge = { name: names[i] as string, judge: createJudge(model, config.judge) };
      rows.push(...(await antonymScores(judge, pairs, texts, concurrency, observe)));
    }
    writeScores(system, path, rows);
    const simulated = models.base.simulated || asked.some((model) => model.simulated);
    return { texts, simulated, base: models.base.id, usage: run.usage() };
  });

  const { texts, simulated, usage } = collected;
  const answers = { model: collected.base, asked: texts.length, missing: countMissing(texts) };
  await outputComparison(system, scoresFromJsonl(system.readLines(path), path), {
    out: config.out,
    seed: config.seed,
    ...(flags.json ? { json: true } : {}),
    simulated,
    collected: {
      words: [
        `Rated: ${whole(texts.length)} plain answers of ${collected.base}${answers.missing > 0 ? `, ${whole(answers.missing)} of them missing` : ""}; every score stands in ${SCORES}.`,
      ],
      record: { simulated, answers, usage },
    },
  });
}

function writeScores(system: System, path: string, rows: readonly AntonymScores[]): void {
  const lines = system.openLines(path);
  for (const row of rows) lines.write(JSON.stringify(row));
  lines.close();
}

const countMissing = (texts: readonly RatedText[]): number =>
  texts.filter(({ text }) => text === null).length;

function pairOf(text: string): Pair {
  const words = text.split("/").map((word) => word.trim());
  const [a, b] = words;
  if (words.length !== 2 || !a || !b || a === b) {
    throw new InvalidArgumentError("write two different words, such as warm/cold.");
  }
  return [a, b];
}

const EXAMPLES = `
Examples:
  apm-bench judges run                                       the simulated judge
  apm-bench judges run --judge openai:gpt-oss-120b --judge openai:qwen3.5-27b
  apm-bench judges run --judge '{"provider": "openai", "model": "phi-4", "baseUrl": "http://localhost:8000/v1"}'
`;
