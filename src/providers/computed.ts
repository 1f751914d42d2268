import type { ModelConfig } from "../core/config/model-schema.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import type { Provider } from "./provider.ts";
import { simProvider } from "./sim/provider.ts";

/** Providers whose language models are computed: a thread that makes them loads no other. */
const COMPUTED: readonly Provider[] = [simProvider];

/**
 * The language model of these settings, where its answers are computed from settings and request alone, without anything
 * around it: any thread can make it, and it answers there as it does anywhere.
 */
export function computedModel(settings: ModelConfig): LanguageModel | undefined {
  return COMPUTED.find(({ id }) => id === settings.provider)?.computed?.(settings);
}
