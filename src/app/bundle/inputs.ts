import { type LoadedBundle, loadBundle } from "../../bundle/load.ts";
import { checkTables } from "../../bundle/open.ts";
import type { OpenBundle } from "../../bundle/read-users.ts";
import { answerSettings } from "../../core/config/answer-settings.ts";
import type { BundleConfig, Config } from "../../core/config/resolved.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { System } from "../../core/ports/system.ts";
import type { FrozenUsers, RecordedAnswers } from "../../pipeline/prepared.ts";
import { completeConfig } from "../resolve.ts";
import { type KnownCalls, knownCalls } from "./known-calls.ts";
import { bundleLayer, isJudgedAlike, isSameModel, refuseUnsettled } from "./layer.ts";

/** The users of a frozen set as a run takes them. */
export interface FrozenInputs extends FrozenUsers {
  readonly bundle: OpenBundle;
  /** The non-personalized answers to test users; `null` where there was none. */
  readonly plain: ReadonlyMap<string, string | null>;
  /** What the frozen run's methods answered. */
  readonly answers: RecordedAnswers;
  /** What a base LLM of this identity has answered in the set. */
  calls(identity: string): KnownCalls;
}

/**
 * Reads a frozen set for a run, once its hashes are checked.
 * @throws UsageError for a set that was changed, a configuration that contradicts it, or another judge without leave
 */
export async function bundleInputs(
  system: System,
  config: Config,
  named: BundleConfig,
): Promise<FrozenInputs> {
  const { bundle, settings } = await bundleLayer(system, named);
  const own = completeConfig(system, settings);
  refuseUnsettled(config, own, bundle);
  checkTables(system, bundle);
  const loaded = await loadBundle(system, bundle);
  const scores = isJudgedAlike(config, own, bundle);
  const plain = isSameModel(config, own, "base");
  const styled = plain && loaded.ratedTest && isSameAnswering(own);
  return {
    bundle,
    ...(scores ? loaded : unscored(loaded)),
    known: { plain, styled, scores },
    calls: (identity) => knownCalls(loaded, bundle.manifest, identity),
  };
}

/** Whether the candidates are what the base LLM itself answers in those styles. */
function isSameAnswering({ models: { base, candidate } }: Config): boolean {
  return canonicalJson(answerSettings(base)) === canonicalJson(answerSettings(candidate));
}

/** The same for another judge, who knows nothing of what the first one said of answers. */
function unscored(loaded: LoadedBundle): LoadedBundle {
  const test = loaded.users.test.map((user) => ({ ...user, known: undefined }));
  return { ...loaded, users: { ...loaded.users, test } };
}
