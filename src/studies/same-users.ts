import { canonicalJson } from "../core/hash.ts";
import type { ResultConfig } from "../core/run-record.ts";

/**
 * Whether a user's name and a world's seed mean the same in two runs: the same traits, prompts, mapping and targets.
 * Runs may differ in models, methods, judge and numbers of users or worlds; only then is a comparison paired.
 */
export function haveSameUsers(a: ResultConfig, b: ResultConfig): boolean {
  return canonicalJson(identityOf(a)) === canonicalJson(identityOf(b));
}

/** The settings that make users and worlds what they are. */
function identityOf({ pool, activeAttributes, seed, users, conversations, mapping, targets }: ResultConfig) {
  return {
    attributes: pool.attributes,
    principles: pool.principles,
    activeAttributes,
    seed,
    voices: users.voices,
    drawn: users.attributes ?? "balanced",
    testFile: users.testFile ?? null,
    conversations,
    mapping,
    targets,
  };
}
