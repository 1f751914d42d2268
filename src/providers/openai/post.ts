import type { Transport } from "../http/transport.ts";
import { TransportError } from "../http/transport-error.ts";
import { type CallSite, statusFailure, transportFailure } from "./http-errors.ts";
import type { Endpoint } from "./settings.ts";

/**
 * Posts JSON to an API and gives the text of the answer once it is complete.
 * @param path below the endpoint's own
 * @throws ProviderError for a lost or late answer and for any status but 2xx
 */
export async function post(
  transport: Transport,
  { origin, path: root, query, headers, timeoutMs, redactAnswer }: Endpoint,
  path: string,
  body: string,
  site: () => CallSite,
): Promise<string> {
  try {
    const answer = await transport.post({ origin, path: `${root}${path}${query}`, headers, body, timeoutMs });
    if (answer.status >= 200 && answer.status < 300) return redactAnswer(answer.text);
    throw statusFailure(site(), answer.status, answer.text, answer.retryAfterMs);
  } catch (error) {
    throw error instanceof TransportError ? transportFailure(site(), error) : error;
  }
}
