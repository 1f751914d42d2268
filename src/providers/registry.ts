import type { ModelConfig } from "../core/config/model-schema.ts";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { localProvider } from "./local/provider.ts";
import { openaiProvider } from "./openai/provider.ts";
import { ownProvider } from "./own/provider.ts";
import type { Provider } from "./provider.ts";
import { simProvider } from "./sim/provider.ts";

/** Every provider there is. A further one is a line here. */
const PROVIDERS: readonly Provider[] = [simProvider, openaiProvider, localProvider, ownProvider];

export const providerNamed = (name: string): Provider | undefined => PROVIDERS.find(({ id }) => id === name);

/** @throws UsageError naming those that there are */
export function providerOf({ provider }: Pick<ModelConfig, "provider">): Provider {
  const found = providerNamed(provider);
  if (found !== undefined) return found;
  const named = PROVIDERS.filter((one) => one !== ownProvider).map(({ id }) => id);
  throw new UsageError(`there is no provider "${provider}"${didYouMean(provider, named)}`, {
    remedy: `choose one of: ${named.join(", ")}`,
  });
}

/** Whether answers of this model come from the simulated world. */
export function isSimulated({ provider, object }: Pick<ModelConfig, "provider" | "object">): boolean {
  return object?.simulated ?? providerOf({ provider }).simulated;
}
