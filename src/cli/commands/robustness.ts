import { join } from "node:path";
import { Command } from "commander";
import { conversationPorts } from "../../app/conversation-ports.ts";
import type { ConfigFlags } from "../../app/overrides.ts";
import { configOfRun, refuseOtherRun } from "../../app/study/beside-run.ts";
import { executeInRun } from "../../app/study/execute-study.ts";
import { writeStudy } from "../../app/study/write-study.ts";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { promptFingerprints } from "../../core/prompt/prompts.ts";
import { fold } from "../../core/random.ts";
import { VERSION } from "../../core/version.ts";
import { resultConfig } from "../../pipeline/run.ts";
import { whole } from "../../report/format.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { loadQuestionSet, OWN, someQuestions } from "../../studies/robustness/load.ts";
import { type QuestionSet, SET_IDS, SET_NAMES } from "../../studies/robustness/question.ts";
import { ROBUSTNESS_SCHEMA, type Robustness } from "../../studies/robustness/record.ts";
import { robustnessReport, robustnessWords } from "../../studies/robustness/report.ts";
import { robustnessKey, runRobustness } from "../../studies/robustness/run.ts";
import { accuracyTable } from "../../studies/robustness/tables.ts";
import { addConfigFlags, wholeNumber } from "../options.ts";
import { consoleWatcher } from "../progress.ts";
import { positiveNumber } from "./flag-values.ts";

interface RobustnessFlags extends ConfigFlags {
  readonly mmluPro?: string;
  readonly truthfulqa?: string;
  readonly bbq?: string;
  readonly questions?: number;
  readonly world?: number;
  readonly json?: boolean;
}

/** Names inside the run directory, beside those of the run itself. */
const FILES = {
  record: "robustness.json",
  page: "robustness.html",
  answers: "robustness-answers.jsonl",
} as const;

/** `robustness`: what personalization costs in knowledge, truthfulness and fairness. */
export function robustnessCommand(system: System): Command {
  return addConfigFlags(
    new Command("robustness")
      .description(
        "does personalization cost accuracy: MMLU-Pro, TruthfulQA and BBQ under every method of a run",
      )
      .argument(
        "[config-or-run]",
        "apm.config.ts, a .json file, or a run directory, whose settings and stored calls are used",
      ),
  )
    .option("--mmlu-pro <source>", "questions of MMLU-Pro: files, hf:TIGER-Lab/MMLU-Pro, or builtin")
    .option(
      "--truthfulqa <source>",
      "questions of TruthfulQA (MC1): files, hf:truthfulqa/truthful_qa, or builtin",
    )
    .option("--bbq <source>", "questions of BBQ: files, hf:Elfsong/BBQ, or builtin")
    .option("--questions <n>", "at most so many questions a set, drawn by the seed", positiveNumber)
    .option("--world <seed>", "the world that methods are fitted in (by default the first)", wholeNumber)
    .option("--json", "print the record as JSON")
    .addHelpText("after", EXAMPLES)
    .action((target: string | undefined, flags: RobustnessFlags) => study(system, target, flags));
}

async function study(system: System, target: string | undefined, flags: RobustnessFlags): Promise<void> {
  const config = await configOfRun(system, target, flags);
  const world = flags.world ?? (config.worlds[0] as number);
  if (!config.worlds.includes(world)) {
    throw new UsageError(`this run has no world ${world}`, {
      where: "--world",
      remedy: `choose one of: ${config.worlds.join(", ")}`,
    });
  }
  refuseOtherRun(system, config, "apm-bench robustness");
  const sets = await questionsOf(system, config, flags);
  const record = await executeInRun(
    system,
    config,
    consoleWatcher(system),
    async (run, observe): Promise<Robustness> => {
      const lines = system.openLines(join(config.out, FILES.answers));
      const nowhere = { user: () => {}, sample: () => {} };
      try {
        const { users, sets: results } = await runRobustness(
          { ...run.context, observe, sink: nowhere },
          sets,
          world,
          (line) => lines.write(JSON.stringify(line)),
        );
        lines.close();
        const { id, identity } = run.context.models.base;
        return {
          schema: ROBUSTNESS_SCHEMA,
          version: VERSION,
          simulated: Object.values(run.context.models).some((model) => model.simulated),
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
    },
  );
  await writeStudy(system, config.out, record, await robustnessReport(record), FILES);
  if (flags.json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const parts = [
    ...(record.simulated ? [SIMULATED] : []),
    textTable(accuracyTable(record)),
    robustnessWords(record).join("\n"),
    `wrote ${join(config.out, FILES.record)}, ${FILES.page}, ${FILES.answers}, tables, figures`,
  ];
  system.stdout(`${parts.join("\n\n")}\n`);
}

/** The sets that flags name; all three of this package's own without any. */
async function questionsOf(system: System, { seed }: Config, flags: RobustnessFlags): Promise<QuestionSet[]> {
  const given = { "mmlu-pro": flags.mmluPro, truthfulqa: flags.truthfulqa, bbq: flags.bbq };
  const none = SET_IDS.every((id) => given[id] === undefined);
  const sets: QuestionSet[] = [];
  for (const id of SET_IDS) {
    const source = given[id] ?? (none ? OWN : undefined);
    if (source === undefined) continue;
    const set = await loadQuestionSet(id, source, `--${id}`, conversationPorts(system));
    const drawn = someQuestions(
      set,
      flags.questions ?? Infinity,
      fold(fold(robustnessKey(seed), "draw"), id),
    );
    const of = drawn.questions.length < set.questions.length ? ` of ${whole(set.questions.length)}` : "";
    const left = set.leftOut > 0 ? `, ${whole(set.leftOut)} with ambiguous system left out` : "";
    const own = source === OWN ? ` (this package's own, in that form)` : ` from ${source}`;
    system.stderr(`${SET_NAMES[id]}: ${whole(drawn.questions.length)}${of} questions${own}${left}\n`);
    sets.push(drawn);
  }
  return sets;
}

const EXAMPLES = `
Without a source, the package's own small sets in the same form are asked: they show how the study works.

Examples:
  apm-bench robustness                                   the embedded default, no key, no network
  apm-bench robustness runs/mine --mmlu-pro hf:TIGER-Lab/MMLU-Pro --truthfulqa hf:truthfulqa/truthful_qa \\
    --bbq hf:Elfsong/BBQ --questions 1000
  apm-bench robustness apm.config.ts --bbq Age.jsonl,Religion.jsonl --methods routing,rag-exemplar
`;
