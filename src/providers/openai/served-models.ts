import type { PlacedModel } from "../../core/config/model-schema.ts";
import type { ServerAccess } from "./access.ts";
import { endpointOf } from "./settings.ts";

const PATIENCE_MS = 5_000;

/** Names of the models that a server says it has; nothing when it does not say, or is not there. */
export async function servedModels(
  settings: PlacedModel,
  { env, transport }: Pick<ServerAccess, "env" | "transport">,
): Promise<string[] | undefined> {
  const { origin, path, query, headers } = endpointOf(settings, env);
  return modelsAt(`${origin}${path}`, transport.fetch, headers, query);
}

/** @param root of the API, without a slash at its end */
export async function modelsAt(
  root: string,
  fetch: typeof globalThis.fetch,
  headers: Readonly<Record<string, string>> = {},
  query = "",
): Promise<string[] | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(`${root}/models${query}`, { signal, headers: { ...headers } });
    const { data } = (await response.json()) as { data?: readonly { readonly id?: unknown }[] };
    return data?.map(({ id }) => String(id));
  } catch {
    return undefined;
  }
}
