/** Names of environment variables with what a server wants to see; their values are never written anywhere. */
export interface ServerKeys {
  /** Sent as a bearer token. */
  readonly apiKeyEnv?: string | undefined;
  /** Variables by the header that their value is sent in. */
  readonly headersEnv?: Readonly<Record<string, string>> | undefined;
  /** Its value is `user:password`. */
  readonly basicAuthEnv?: string | undefined;
  /** Variables by the parameter of the address that their value is sent in. */
  readonly queryEnv?: Readonly<Record<string, string>> | undefined;
}

export interface HttpOptions extends ServerKeys {
  /** Longest wait for a complete answer. */
  readonly timeoutMs: number;
  /** Requests in flight to that server, at least 1. */
  readonly concurrency: number;
}

/** JSON over HTTP, to systems that are no language models. */
export interface HttpClient {
  /**
   * Posts a JSON text and gives the parsed answer; transient failures are tried again.
   * @param body the text in pieces, iterated anew for each try: a large one never stands in memory as a whole
   * @throws ProviderError `fatal`: the address, the key or the server is wrong; `request`: the server refuses this very
   *   body, or fails at it again and again while it answers others; `transient`: patience is used up
   */
  postJson(url: string, body: Iterable<string>, options: HttpOptions): Promise<unknown>;
}
