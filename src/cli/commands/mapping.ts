import { Command, Option } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { ExampleWishes } from "../../app/study/worked-example.ts";
import { MAPPING_KINDS, type MappingKind } from "../../core/config/ids.ts";
import type { System } from "../../core/ports/system.ts";
import { tellConfig } from "../configuration.ts";
import { addConfigFlags, CONFIG_ARGUMENT } from "../options.ts";
import { scoresByComma } from "./flag-values.ts";

interface MappingFlags extends ConfigFlags, ExampleWishes {
  readonly kind?: MappingKind;
  readonly json?: boolean;
}

/** `mapping`: from a user's attributes to a reward, in numbers. */
export function mappingCommand(system: System): Command {
  return addConfigFlags(new Command("mapping").argument("[config]", CONFIG_ARGUMENT))
    .addOption(new Option("--kind <kind>", "kind of mapping (key: mapping.kind)").choices(MAPPING_KINDS))
    .option(
      "--attributes <names>",
      "the user's active attributes by comma, the opposite side with a minus sign in front: anxious,-verbose",
      (text) => text.split(","),
    )
    .option(
      "--scores <numbers>",
      "the judge's scores of the answer, one a principle, 1 to 10; without, some are made up",
      scoresByComma,
    )
    .option("--plain <numbers>", "the same of the answer of the base LLM alone", scoresByComma)
    .option("--json", "print all numbers as JSON")
    .addHelpText("after", HELP)
    .action(async (file: string | undefined, flags: MappingFlags) => {
      const { layersOf } = await import("../../app/resolve.ts");
      const { runWorkedExample, withKind } = await import("../../app/study/worked-example.ts");
      const { presentStudy } = await import("../present-study.ts");
      const { merged, read } = await layersOf(system, file, flags);
      tellConfig(system, read);
      const study = runWorkedExample(system, withKind(merged, flags.kind), flags, flags.out);
      await presentStudy(system, study, flags);
    });
}

const HELP = `
The world is the first one of a run with this configuration. No model is asked.

Examples:
  apm-bench mapping --set pool=k4 --attributes open-minded,-verbose
  apm-bench mapping --set pool=k4 --kind gaussian --seed 2 --scores 8,3,9,2 --plain 5,5,6,4
  apm-bench mapping --preset paper --json
`;
