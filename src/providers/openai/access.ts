import type { Environment } from "../http/dispatcher.ts";
import type { Transport } from "../http/transport.ts";

/** What a model behind an API needs of its surroundings. */
export interface ServerAccess {
  /** Where `apiKeyEnv` is looked up. */
  readonly env: Environment;
  readonly transport: Transport;
  /** Tells whoever watches; the same words are told once. */
  readonly notice?: (words: string) => void;
}
