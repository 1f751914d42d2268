import paper from "../../../presets/paper.json" with { type: "json" };
import smoke from "../../../presets/smoke.json" with { type: "json" };
import tiny from "../../../presets/tiny.json" with { type: "json" };

/** Short overrides of the defaults, as they are written. */
export const PRESETS: Readonly<Record<string, unknown>> = { smoke, tiny, paper };
export const PRESET_NAMES = ["default", ...Object.keys(PRESETS)];
