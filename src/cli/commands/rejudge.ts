import { dirname, join } from "node:path";
import { Command } from "commander";
import { configFromFlags } from "../../app/overrides.ts";
import { completeConfig } from "../../app/resolve.ts";
import { executeInRun, refuseRunDirectory } from "../../app/study/execute-study.ts";
import { writeStudy } from "../../app/study/write-study.ts";
import { DEFAULTS } from "../../core/config/defaults.ts";
import { mergeConfigs, parseUserConfig } from "../../core/config/load.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import type { Results } from "../../core/run-record.ts";
import { VERSION } from "../../core/version.ts";
import { createJudge } from "../../judge/judge.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import { analyseRejudged } from "../../studies/rejudge/analyse.ts";
import { collectRejudged, type Rejudged } from "../../studies/rejudge/collect.ts";
import { REJUDGE_SCHEMA, type RejudgeRecord } from "../../studies/rejudge/record.ts";
import {
  gainTable,
  outcomeTable,
  rejudgeFigures,
  rejudgeTables,
  rejudgeWords,
} from "../../studies/rejudge/report.ts";
import { type StoredUser, storedSamples, storedUsers } from "../../studies/rejudge/stored.ts";
import { collect, wholeNumber } from "../options.ts";
import { consoleWatcher } from "../progress.ts";

interface RejudgeFlags {
  readonly judge: string;
  readonly out?: string;
  readonly concurrency?: number;
  readonly set: string[];
  readonly json?: boolean;
}

/** Names inside the study's directory: a contract with scripts. */
const REJUDGE_FILES = { record: "rejudge.json", page: "rejudge.html" } as const;
const SCORES = "scores.jsonl";

/** What another judge may bring along; everything else is the run's. */
const OWN_KEYS = ["judge", "budget", "concurrency", "statistics", "models.judge"];

/** `rejudge`: does the conclusion hold for another judge? */
export function rejudgeCommand(system: System): Command {
  return new Command("rejudge")
    .description("have another judge score the answers of a finished run; no answer is generated again")
    .argument("<run>", "run directory")
    .requiredOption("--judge <provider:model>", "the second judge, or the JSON of its settings")
    .option("--out <dir>", "study directory (by default rejudged/MODEL in the run directory)")
    .option("--concurrency <n>", "model calls in flight (key: concurrency)", wholeNumber)
    .option(
      "--set <key=value>",
      `a setting of the second judging: ${OWN_KEYS.join(", ")}; such as judge.scale=100; may be repeated`,
      collect,
      [],
    )
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", EXAMPLES)
    .action((run: string, flags: RejudgeFlags) => rejudge(system, run, flags));
}

async function rejudge(system: System, path: string, flags: RejudgeFlags): Promise<void> {
  const results = readResults(system, path);
  const dir = path.endsWith(".json") ? dirname(path) : path;
  const config = secondConfig(results, dir, flags);
  const users = readUsers(system, dir);
  const samplesFile = join(dir, RUN_FILES.samples);
  requireAnswers(system, samplesFile);
  const samples = () => storedSamples(system.readLines(samplesFile), samplesFile, results, users);
  // Read through before anything is paid.
  for (const _ of samples());
  refuseRunDirectory(system, config.out);

  const { rejudged, judge, simulated, usage } = await executeInRun(
    system,
    judgeOnly(config),
    consoleWatcher(system),
    async (run, observe) => {
      const { judge } = run.context.models;
      const scorer = createJudge(judge, config.judge);
      const rejudged = await collectRejudged(results, users, samples(), scorer, config.concurrency, observe);
      const usage = run.usage().filter(({ role }) => role === "judge");
      const { id, identity, simulated } = judge;
      return { rejudged, judge: { id, identity }, simulated, usage };
    },
  );
  writeScores(system, join(config.out, SCORES), results, users, rejudged);

  const key = fold(rootKey(config.seed), "rejudge");
  const record: RejudgeRecord = {
    schema: REJUDGE_SCHEMA,
    version: VERSION,
    simulated: results.simulated || simulated,
    run: dir,
    judges: {
      first: { ...results.models.judge, settings: results.config.judge },
      second: { ...judge, settings: config.judge },
    },
    ...analyseRejudged(results, users, rejudged, config, key),
    usage,
  };
  const words = rejudgeWords(record);
  const report = {
    title: "Does the conclusion hold for another judge?",
    subtitle: `First judge ${record.judges.first.id}, second judge ${record.judges.second.id}.`,
    simulated: record.simulated,
    words,
    tables: rejudgeTables(record),
    figures: await rejudgeFigures(record),
  };
  await writeStudy(system, config.out, record, report, REJUDGE_FILES);
  if (flags.json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const parts = [
    ...(record.simulated ? [SIMULATED] : []),
    textTable(gainTable(record)),
    textTable(outcomeTable(record)),
    words.join("\n"),
    `wrote ${config.out} (${REJUDGE_FILES.record}, ${REJUDGE_FILES.page}, ${SCORES}, tables, figures)`,
  ];
  system.stdout(`${parts.join("\n\n")}\n`);
}

/** The run's configuration with another judge. */
function secondConfig(
  { config }: Results,
  dir: string,
  { judge, out, concurrency, set }: RejudgeFlags,
): Config {
  const own = configFromFlags({
    preset: "default",
    judge,
    set,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  for (const key of Object.keys(own)) {
    const inner = key === "models" ? Object.keys(own.models ?? {}).map((role) => `models.${role}`) : [key];
    const other = inner.find((name) => !OWN_KEYS.includes(name));
    if (other === undefined) continue;
    throw new UsageError(`${other} is settled by the run, whose answers are judged as they are`, {
      where: "--set",
      remedy: `set one of: ${OWN_KEYS.join(", ")}`,
    });
  }
  const settings = parseUserConfig(own, "the command line");
  const asRun = parseUserConfig(config, join(dir, RUN_FILES.results));
  // A model of the run must not lend its settings to the second judge.
  const { judge: _, ...models } = asRun.models ?? {};
  const complete = completeConfig(mergeConfigs({ ...asRun, models } as UserConfig, settings));
  const { provider, model } = complete.models.judge;
  return { ...complete, out: out ?? join(dir, "rejudged", `${provider}-${model}`.replace(/[^\w.-]+/g, "-")) };
}

/** The same without anything that a judge does not need: no other model is opened, no source of conversations read. */
function judgeOnly(config: Config): Config {
  const { judge } = config.models;
  // The other simulated judges are judges alone.
  const other = judge.provider === "sim" ? { provider: "sim" as const, model: "default" } : judge;
  const { testFile: _, ...users } = config.users;
  return {
    ...config,
    users: { ...users, train: 1, validation: 1, test: 1 },
    conversations: { ...config.conversations, source: DEFAULTS.conversations.source, perUser: 1 },
    historyLength: 0,
    mapping: { kind: "signed-permutation" },
    methods: [{ id: "none" }],
    models: {
      base: other,
      candidate: other,
      rewriter: other,
      judge,
      embedder: { provider: "sim", model: "text-features" },
    },
  };
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
  system: System,
  file: string,
  results: Results,
  users: readonly StoredUser[],
  { methods }: Rejudged,
): void {
  const lines = system.openLines(file);
  for (const [m, { name }] of results.methods.entries()) {
    for (const { user, principle, first, second } of methods[m]?.scores ?? []) {
      lines.write(JSON.stringify({ method: name, user: users[user]?.user, principle, first, second }));
    }
  }
  lines.close();
}

const EXAMPLES = `
Examples:
  apm-bench rejudge runs/default --judge sim:peer              a simulated judge as good as the first
  apm-bench rejudge runs/default --judge sim:weak              one as noisy as the weakest of 13 real judges
  apm-bench rejudge runs/mine --judge openai:gpt-oss-20b --set judge.weighted=true --set budget.usd=5
  apm-bench rejudge runs/mine --judge '{"provider":"openai","model":"phi-4","baseUrl":"http://localhost:8000/v1"}'
`;
