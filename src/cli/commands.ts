import type { CommandEntry } from "./command-entry.ts";

/** Every command, in the order of the help text. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "run",
    summary: "run the benchmark; without a configuration, on the embedded simulated model",
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  {
    name: "work",
    summary: "take part in runs of other machines: do jobs of a queue on PostgreSQL",
    load: async () => (await import("./commands/work.ts")).workCommand,
  },
  {
    name: "init",
    summary: "write a commented apm.config.ts to start from",
    load: async () => (await import("./commands/init.ts")).initCommand,
  },
  {
    name: "config",
    summary: "what a run would be configured to, and where each value comes from",
    load: async () => (await import("./commands/config.ts")).configCommand,
  },
  {
    name: "estimate",
    summary: "calls, tokens and cost of a run, before anything is paid; how many users an effect needs",
    load: async () => (await import("./commands/estimate.ts")).estimateCommand,
  },
  {
    name: "report",
    summary: "make report.html and the tables again from a finished run; asks no model",
    load: async () => (await import("./commands/report.ts")).reportCommand,
  },
  {
    name: "view",
    summary: "look at runs in the browser: users, answers, judge, comparisons; also while a run goes on",
    load: async () => (await import("./commands/view.ts")).viewCommand,
  },
  {
    name: "compare",
    summary: "compare two runs: which methods changed, with intervals",
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  },
  {
    name: "export",
    summary: "write a finished run for other tools: Parquet, Every Eval Ever, Inspect",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  {
    name: "score",
    summary: "score answers that came as a file, beside the methods of a frozen set",
    load: async () => (await import("./commands/score.ts")).scoreCommand,
  },
  {
    name: "leaderboard",
    summary: "join results on one frozen set into a page with pairs and intervals; asks no model",
    load: async () => (await import("./commands/leaderboard.ts")).leaderboardCommand,
  },
  {
    name: "judges",
    summary: "compare LLM judges on antonym pairs",
    load: async () => (await import("./commands/judges.ts")).judgesCommand,
  },
  {
    name: "attributes",
    summary: "choose user attributes or response principles from ratings",
    load: async () => (await import("./commands/attributes.ts")).attributesCommand,
  },
  {
    name: "bias",
    summary: "which system prompts move which judging criterion, though they are personal to nobody",
    load: async () => (await import("./commands/bias.ts")).biasCommand,
  },
  {
    name: "robustness",
    summary: "does personalization cost accuracy: MMLU-Pro, TruthfulQA and BBQ under every method of a run",
    load: async () => (await import("./commands/robustness.ts")).robustnessCommand,
  },
  {
    name: "audit",
    summary:
      "does the set-up leak? the methods without history, with others' histories, and with the mapping told or guessed",
    load: async () => (await import("./commands/audit.ts")).auditCommand,
  },
  {
    name: "explain",
    summary: "where the gain is lost: recognising the user, learning the mapping, carrying the style out",
    load: async () => (await import("./commands/explain.ts")).explainCommand,
  },
  {
    name: "mapping",
    summary: "from a user's attributes over C to a reward, in numbers; asks no model",
    load: async () => (await import("./commands/mapping.ts")).mappingCommand,
  },
  {
    name: "language",
    summary: "words and signs that mark the two sides of each user attribute; asks no model",
    load: async () => (await import("./commands/language.ts")).languageCommand,
  },
  {
    name: "sweep",
    summary:
      "run the benchmark for every combination of some keys' values; calls that cells share are paid once",
    load: async () => (await import("./commands/sweep.ts")).sweepCommand,
  },
  {
    name: "reproduce",
    summary: "run the cells of the paper's tables and figures, and set the results beside its own",
    load: async () => (await import("./commands/reproduce.ts")).reproduceCommand,
  },
  {
    name: "rejudge",
    summary: "have another judge score the answers of a finished run; no answer is generated again",
    load: async () => (await import("./commands/rejudge.ts")).rejudgeCommand,
  },
  {
    name: "data",
    summary: "bring in data from outside; freeze a run's users for others",
    load: async () => (await import("./commands/data.ts")).dataCommand,
  },
  {
    name: "calls",
    summary: "write a run's missing calls as batch files, and take their answers in; nothing is sent",
    load: async () => (await import("./commands/calls.ts")).callsCommand,
  },
  {
    name: "store",
    summary: "bring the stored calls of several run directories together",
    load: async () => (await import("./commands/store.ts")).storeCommand,
  },
  {
    name: "adapters",
    summary: "use the adapters that prompt optimization has trained",
    load: async () => (await import("./commands/adapters.ts")).adaptersCommand,
  },
  {
    name: "doctor",
    summary: "check this machine, the configuration and the models before a run",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  {
    name: "completion",
    summary: "print a script that completes commands and flags in Bash, Zsh or Fish",
    load: async () => (await import("./commands/completion.ts")).completionCommand,
  },
];
