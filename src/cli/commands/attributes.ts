import { Command, InvalidArgumentError } from "commander";
import type { SelectSettings } from "../../app/study/attributes-select.ts";
import type { System } from "../../core/ports/system.ts";
import type { PoolSide } from "../../studies/attribute-selection/pool.ts";
import { wholeNumber } from "../options.ts";
import { attributesRateCommand } from "./attributes-rate.ts";

/** Bits; the paper's threshold. */
const ENTROPY = 1.5;

/** `attributes`: which attributes or principles to build a benchmark on. */
export function attributesCommand(system: System): Command {
  const command = new Command("attributes");
  command
    .command("select")
    .description(
      "entropy filter, components, parallel analysis and varimax of a rating matrix; asks no model",
    )
    .argument("<ratings>", "conversations x candidates: .npy, .npz, .csv or .jsonl")
    .option("--names <file>", "JSON list of the candidates' names, or an object of such lists")
    .option("--names-key <key>", "which list of the names file (by default the one that fits)")
    .option("--entropy <bits>", "drop candidates whose scores have less", realNumber, ENTROPY)
    .option(
      "--k <k>",
      "also rotate this many components; may be repeated",
      (text: string, before: number[]) => [...before, wholeNumber(text)],
      [],
    )
    .option("--seed <n>", "seed of the random data", wholeNumber, 0)
    .option("--out <dir>", "write tables, figures, results.json and report.html to this folder")
    .option("--save-pool <file>", "write the representatives at the last --k as one side of a pool")
    .option(
      "--side <side>",
      "which side of the pool: attributes or principles (by default after --names-key)",
      poolSide,
    )
    .option("--json", "print the selection as JSON")
    .action(async (file: string, flags: SelectSettings & { json?: boolean }) => {
      const { runSelection } = await import("../../app/study/attributes-select.ts");
      const { presentStudy } = await import("../present-study.ts");
      await presentStudy(system, runSelection(system, file, flags), flags);
    });
  return command.addCommand(attributesRateCommand(system));
}

function realNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("write a number.");
  return value;
}

function poolSide(text: string): PoolSide {
  if (text === "attributes" || text === "principles") return text;
  throw new InvalidArgumentError("write attributes or principles.");
}
