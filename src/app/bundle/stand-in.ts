import { answerSettings, strangersModel } from "../../core/config/answer-settings.ts";
import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { BundleConfig } from "../../core/config/resolved.ts";
import type { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import type { System } from "../../core/ports/system.ts";
import { isSimulated, providerOf } from "../../providers/registry.ts";
import { findBundle } from "./find.ts";

/** A model in the place of one that cannot be had here; `undefined` where there is none. */
export type StandIn = (settings: ModelConfig, reason: UsageError) => LanguageModel | undefined;

/**
 * Stand-ins for the models of a frozen set, which a run on it may never need: no address, key or weights of them have to be at
 * hand. They have the identity of what they stand for, so that stored answers are found; once asked, they say why they cannot answer.
 */
export async function standInsOf(system: System, { source }: BundleConfig): Promise<StandIn> {
  const { manifest } = await findBundle(system, source);
  const known = new Map(
    (["base", "candidate", "rewriter", "judge"] as const).map((role) => {
      const settings = strangersModel({ ...manifest.config.models[role] }) as unknown as ModelConfig;
      return [canonicalJson(answerSettings(settings)), manifest.models[role]] as const;
    }),
  );
  return (settings, reason) => {
    const record = known.get(canonicalJson(answerSettings(settings)));
    if (record === undefined) return undefined;
    return {
      id: record.id,
      identity: record.identity,
      simulated: isSimulated(settings),
      deterministic: providerOf(settings).deterministic?.(settings) ?? false,
      generate: () => Promise.reject(reason),
    };
  };
}
