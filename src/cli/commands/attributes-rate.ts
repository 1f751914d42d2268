import { join } from "node:path";
import { Command, Option } from "commander";
import { checkTraits } from "../../app/providers.ts";
import { executeStudy, type StudyFlags, studyConfig } from "../../app/study/execute-study.ts";
import { POOL_NAMES, poolNamed } from "../../catalog/pools.ts";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { createJudge } from "../../judge/judge.ts";
import { matrixToNpy } from "../../numerics/npy-write.ts";
import { whole } from "../../report/format.ts";
import { SIMULATED } from "../../report/headline.ts";
import { parseNames } from "../../studies/attribute-selection/names.ts";
import { rateTexts } from "../../studies/attribute-selection/rate.ts";
import { plainAnswers, promptTexts, type RatedText } from "../../studies/texts.ts";
import { addSettingFlags } from "../options.ts";
import { consoleWatcher } from "../progress.ts";
import { positiveNumber } from "./flag-values.ts";

/** What is rated, and which list of names belongs to it: of the paper's file, or of a pool. */
const SUBJECTS = {
  answers: { side: "principles", keys: ["response", "principles"] },
  users: { side: "attributes", keys: ["user", "attributes"] },
} as const;

interface RateFlags extends StudyFlags {
  readonly of: keyof typeof SUBJECTS;
  readonly names?: string;
  readonly namesKey?: string;
  readonly conversations: number;
  readonly model?: string;
  readonly judge?: string;
}

/** `attributes rate`: makes the rating matrix that `attributes select` reads. */
export function attributesRateCommand(system: System): Command {
  return addSettingFlags(
    new Command("rate")
      .description(
        "ask the judge to rate answers on candidate principles, or prompts on candidate attributes",
      )
      .argument("[config]", "apm.config.ts or a .json file; by default the one in this folder, if any"),
  )
    .addOption(
      new Option("--of <what>", "rate plain answers of the base model, or the users' prompts")
        .choices(Object.keys(SUBJECTS))
        .default("answers"),
    )
    .option("--names <file>", "JSON list of candidate names (by default those of all shipped pools)")
    .option("--names-key <key>", "which list of the names file")
    .option("--conversations <n>", "how many conversations are rated", positiveNumber, 1000)
    .option("--out <dir>", "study directory", "runs/attributes")
    .option("--model <provider:model>", "the model that writes the answers (and judges, without --judge)")
    .option("--judge <provider:model>", "the judge, or the JSON of its settings (key: models.judge)")
    .option("--json", "print what was made as JSON")
    .addHelpText("after", EXAMPLES)
    .action((file: string | undefined, flags: RateFlags) => rate(system, file, flags));
}

async function rate(system: System, file: string | undefined, flags: RateFlags): Promise<void> {
  const names = candidateNames(system, flags);
  const config = await studyConfig(system, file, flags, flags.conversations);
  checkTraits([config.models.judge], names, (i) => `${flags.names ?? "the pools"}, name ${i + 1}`);

  const made = await executeStudy(system, config, consoleWatcher(system), async (run, observe) => {
    const { models, conversations } = run.context;
    const { concurrency } = config;
    const texts =
      flags.of === "users"
        ? promptTexts(conversations.test, flags.conversations)
        : await plainAnswers(models.base, conversations.test, flags.conversations, concurrency, observe);
    const judge = createJudge(models.judge, config.judge);
    const values = await rateTexts(judge, texts, names, concurrency, observe);
    const simulated = models.judge.simulated || (flags.of === "answers" && models.base.simulated);
    return { texts, values, simulated, usage: run.usage() };
  });
  const { texts, values } = made;
  const files = writeRatings(system, config.out, names, texts, values);
  const record = {
    simulated: made.simulated,
    of: flags.of,
    conversations: texts.length,
    names,
    missing: values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0),
    missingTexts: texts.filter(({ text }) => text === null).length,
    usage: made.usage,
    files,
  };
  system.writeFile(join(config.out, "results.json"), `${JSON.stringify(record, null, 2)}\n`);
  if (flags.json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const what = flags.of === "users" ? "prompts on candidate attributes" : "answers on candidate principles";
  system.stdout(
    `${[
      ...(made.simulated ? [SIMULATED, ""] : []),
      `${whole(texts.length)} x ${names.length} ratings: ${what}; ${whole(record.missing)} are missing.`,
      `wrote ${Object.values(files).join(", ")}`,
      `next:  apm-bench attributes select ${files.matrix} --names ${files.names}${flags.of === "users" ? " --side attributes" : ""}`,
    ].join("\n")}\n`,
  );
}

/** The wanted names: of the file, else the union over all shipped pools. */
function candidateNames(system: System, { names: file, namesKey, of }: RateFlags): readonly string[] {
  const { side, keys } = SUBJECTS[of];
  if (file === undefined) return [...new Set(POOL_NAMES.flatMap((name) => poolNamed(name)[side]))];
  const lists = parseNames(parseJson(system, file), file);
  const wanted = namesKey === undefined ? ["", ...keys] : [namesKey];
  const found = wanted.flatMap((key) => [lists.get(key) ?? []]).find((list) => list.length > 0);
  if (found !== undefined) return found;
  throw new UsageError(`which list of names to take is not clear: ${[...lists.keys()].join(", ")}`, {
    where: file,
    remedy: "name one of them with --names-key",
  });
}

/** The matrix for NumPy and for `attributes select`, its names, and the same with the conversations' ids as JSONL. */
function writeRatings(
  system: System,
  out: string,
  names: readonly string[],
  texts: readonly RatedText[],
  values: Float64Array,
): { readonly matrix: string; readonly names: string; readonly lines: string } {
  const files = {
    matrix: join(out, "ratings.npy"),
    names: join(out, "names.json"),
    lines: join(out, "ratings.jsonl"),
  };
  const lines = system.openLines(files.lines);
  for (const [row, { conversation }] of texts.entries()) {
    const scores = Object.fromEntries(
      names.map((name, i) => {
        const value = values[row * names.length + i] as number;
        return [name, Number.isNaN(value) ? null : value];
      }),
    );
    lines.write(JSON.stringify({ conversation, scores }));
  }
  lines.close();
  system.writeFile(files.matrix, matrixToNpy(values, texts.length, names.length));
  system.writeFile(files.names, `${JSON.stringify(names)}\n`);
  return files;
}

const EXAMPLES = `
Examples:
  apm-bench attributes rate                                  the simulated model on the names of all pools
  apm-bench attributes rate --names candidates.json --model openai:qwen3.5-27b --judge openai:gpt-oss-120b
  apm-bench attributes rate --of users --conversations 500
`;
