import type { HttpClient, HttpOptions } from "../../core/ports/http.ts";
import { type CallKind, type Guards, guardedCall } from "./guarded.ts";

const NO_TOKENS = { inputTokens: 0, outputTokens: 0 };
/** What systems outside cost is theirs to know: no tokens are reported, and dollars stay unknown. */
const KIND: CallKind<unknown, unknown> = {
  usage: () => NO_TOKENS,
  bill: { most: () => 0, paid: () => 0 },
  load: { expected: () => 0, taken: () => 0 },
};

/**
 * Requests to systems outside, behind the same guards as models, counted in the usage table under their address.
 * @param guardsOf limits, patience and more for an address
 */
export function guardedHttp(
  client: HttpClient,
  guardsOf: (url: string, options: HttpOptions) => Omit<Guards, "store">,
): HttpClient {
  return {
    postJson(url, body, options) {
      const guards = guardsOf(url, options);
      const counter = guards.meter.counter("external", { id: withoutQuery(url), simulated: false });
      const post = (): Promise<unknown> => client.postJson(url, body, options);
      return guardedCall([post], counter, KIND, guards)(undefined);
    },
  };
}

/** An address as the usage table may show it: a query may hold a key. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
