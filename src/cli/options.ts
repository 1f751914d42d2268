import { type Command, InvalidArgumentError, Option } from "commander";
import { PRESET_NAMES } from "../core/config/ids.ts";

/** What every command says of its configuration. */
export const CONFIG_ARGUMENT = "apm.config.ts or a .json file; by default the one in this folder, if any";
export const CONFIG_OR_RUN =
  "apm.config.ts, a .json file, or a run directory, whose settings and stored calls are used";

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("write a whole number.");
  return value;
}

/** Gathers the values of a flag that may be repeated. */
export const collect = (text: string, before: readonly string[]): string[] => [...before, text];

/** The flags that override configuration, shared by every command that runs the benchmark. */
export function addConfigFlags(command: Command): Command {
  return addSettingFlags(command)
    .option("--out <dir>", "run directory (key: out)")
    .option(
      "--model <provider:model>",
      "one model for base, candidate, rewriter and judge: openai:NAME, local:FOLDER, local:FILE.gguf, local:hf:OWNER/NAME, " +
        "ollama:NAME, lmstudio:NAME, llamacpp:NAME (servers on this machine), or `sim`, the simulated one",
    )
    .option("--judge <provider:model>", "another model for the judge (key: models.judge)")
    .option(
      "--methods <ids>",
      "methods by comma, with the options that file or preset give them: none, routing, ... (docs/methods.md lists them)",
      (text) => text.split(","),
    )
    .option("--worlds <n>", "how many worlds (key: worlds)", wholeNumber)
    .option(
      "--test-users <file>",
      "imported users as test users, made by `data import` (key: users.testFile)",
    )
    .option(
      "--bundle <source>",
      "a frozen set in place of making users, candidates and ratings: a folder, or hf:OWNER/NAME (key: bundle)",
    )
    .option(
      "--other-judge",
      "let another judge than the frozen set's score answers (key: bundle.otherJudge)",
    );
}

/** A budget counts over a run directory, so the same command again has nothing left of it. */
export const BUDGET_MORE = "spend the budget once more, on top of what the directory has spent (key: budget)";

/** A database whose workers do the work. */
export const queueOption = (): Option =>
  new Option(
    "--queue <address>",
    "have workers (`apm-bench work`) make the calls: a PostgreSQL, postgres://user@host:5432/apm",
  );

/** Whether a command tells a collector of its calls: as the variable APM_OTEL does for all. */
export const otelOption = (): Option =>
  new Option(
    "--otel <what>",
    "send OpenTelemetry spans of model calls: spans (no texts) or content (prompts and answers, too)",
  ).choices(["spans", "content"]);

/** The flags of every command that asks models. */
export function addSettingFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--preset <name>", "settings to start from")
        .choices(PRESET_NAMES)
        // Whoever reads the preset refuses another name, and says which one was probably meant.
        .argParser((name) => name)
        .default("default"),
    )
    .option("--seed <n>", "seed of everything random (key: seed)", wholeNumber)
    .option("--concurrency <n>", "model calls in flight (key: concurrency)", wholeNumber)
    .option("--threads <n>", "threads that computed models and fits may work in (key: threads)", wholeNumber)
    .addOption(
      new Option(
        "--schedule <how>",
        "users: each in turn; stages: all rewrites, then all candidates, ..., for models that share a device (key: schedule)",
      ).choices(["users", "stages"]),
    )
    .option("--budget-more", BUDGET_MORE)
    .addOption(otelOption())
    .option(
      "--set <key=value>",
      "any configuration key, such as users.train=200; may be repeated",
      collect,
      [],
    );
}
