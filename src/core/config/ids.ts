/**
 * What a method is to a run: the `baseline` that all are compared with; a `method` under test; or a check of the set-up
 * that stands outside the family of tests, an `oracle` (what could be had at most) or a `floor` (what knows nothing of the
 * user).
 */
export type MethodRole = "baseline" | "method" | "oracle" | "floor";

/** Settings to start from; `default` changes nothing. */
export const PRESET_NAMES = ["default", "smoke", "tiny", "laptop", "paper", "paper-llama"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const LABEL_STRATEGIES = ["margin", "one-sided", "two-sided", "soft"] as const;
/** How a train user's 2K rewards become a routing label (spec section 4.2). */
export type LabelStrategy = (typeof LABEL_STRATEGIES)[number];

export const MAPPING_KINDS = ["signed-permutation", "stacked-permutation", "gaussian", "file"] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];
/** Those that are drawn from a seed. */
export type DrawnKind = Exclude<MappingKind, "file">;
