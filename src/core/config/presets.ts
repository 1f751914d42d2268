import laptop from "../../../presets/laptop.json" with { type: "json" };
import paper from "../../../presets/paper.json" with { type: "json" };
import paperLlama from "../../../presets/paper-llama.json" with { type: "json" };
import smoke from "../../../presets/smoke.json" with { type: "json" };
import tiny from "../../../presets/tiny.json" with { type: "json" };
import type { PresetName } from "./ids.ts";

/** Short overrides of the defaults, as they are written. */
export const PRESETS: Readonly<Record<PresetName, unknown>> = {
  default: {},
  smoke,
  tiny,
  laptop,
  paper,
  "paper-llama": paperLlama,
};
