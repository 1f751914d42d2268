/** `choices[0].logprobs.content[i]` of the API; servers differ, so nothing of it is sure. */
export interface ApiToken {
  readonly token?: string | null;
  readonly logprob?: number | null;
  readonly bytes?: readonly number[] | null;
  readonly top_logprobs?: readonly (ApiAlternative | null)[] | null;
}

export type ApiAlternative = Pick<ApiToken, "token" | "logprob" | "bytes">;

/**
 * The list of tokens in `choices[0].logprobs`, whichever form a server sends: the chat form, a bare list, or the lists
 * of the older completions form.
 * @returns undefined when there is none
 */
export function tokenList(logprobs: unknown): ApiToken[] | undefined {
  if (Array.isArray(logprobs)) return logprobs.filter(isObject);
  if (!isObject(logprobs)) return undefined;
  if (Array.isArray(logprobs.content)) return logprobs.content.filter(isObject);
  const { tokens, token_logprobs: chosen, top_logprobs: top } = logprobs;
  if (!Array.isArray(tokens)) return undefined;
  return tokens.map((token, i) => ({
    token,
    logprob: Array.isArray(chosen) ? chosen[i] : null,
    top_logprobs:
      Array.isArray(top) && isObject(top[i])
        ? Object.entries(top[i]).map(([other, logprob]) => ({ token: other, logprob: logprob as number }))
        : null,
  }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
