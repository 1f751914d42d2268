import { UsageError } from "../../core/errors.ts";
import type { ServerKeys } from "../../core/ports/http.ts";
import type { Environment } from "./dispatcher.ts";

/** What is sent to a server beside the request, and how to keep it out of sight. The only place that knows keys. */
export interface Credentials {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parameters, as `a=1&b=2`; empty without any. */
  readonly query: string;
  /** Takes every key out of a text that people read: a message, an address. */
  redact(text: string): string;
  /** The same of an answer, for servers that send back what they were sent; leaves words alone that may be meant. */
  redactAnswer(text: string): string;
}

/** Shorter secrets are placeholders ("EMPTY") or would tear harmless words apart. */
const SHORTEST_SECRET = 6;
/** In an answer, "not-needed" may be an answer. */
const SHORTEST_IN_ANSWER = 12;
const CANNOT_SEND = "holds characters that no header can carry";

/**
 * Reads the keys that a configuration names.
 * @param where the place in the configuration, for errors
 * @throws UsageError for a variable that is not set, or whose value cannot be sent
 */
export function credentialsOf(names: ServerKeys, env: Environment, where: string): Credentials {
  const { apiKeyEnv, basicAuthEnv, headersEnv = {}, queryEnv = {} } = names;
  const value = (variable: string): string => keyIn(variable, env, where);
  const secrets: string[] = [];
  const secret = (variable: string): string => {
    secrets.push(value(variable));
    return value(variable);
  };
  const headers: Record<string, string> = {};
  if (apiKeyEnv !== undefined) {
    if (value(apiKeyEnv).includes(" ")) throw unusable(apiKeyEnv, CANNOT_SEND, where);
    headers.authorization = `Bearer ${secret(apiKeyEnv)}`;
  }
  if (basicAuthEnv !== undefined) {
    const pair = value(basicAuthEnv);
    if (!pair.includes(":")) throw unusable(basicAuthEnv, "is not of the form user:password", where);
    secrets.push(pair, pair.slice(pair.indexOf(":") + 1));
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  for (const [name, variable] of Object.entries(headersEnv)) headers[name.toLowerCase()] = secret(variable);
  const query = Object.entries(queryEnv).map(
    ([name, variable]) => `${encodeURIComponent(name)}=${encodeURIComponent(secret(variable))}`,
  );
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const without = (shortest: number): ((text: string) => string) => {
    const own = forms.filter((form) => form.length >= shortest);
    return (text) => own.reduce((kept, form) => kept.replaceAll(form, "[key]"), text);
  };
  return {
    headers,
    query: query.join("&"),
    redact: without(SHORTEST_SECRET),
    redactAnswer: without(SHORTEST_IN_ANSWER),
  };
}

/**
 * Both as the query of an address.
 * @param search as `URL.search` gives it: empty, or beginning with a question mark
 * @param query further parameters, may be empty
 */
export function withParameters(search: string, query: string): string {
  if (query === "") return search;
  return search === "" ? `?${query}` : `${search}&${query}`;
}

function keyIn(variable: string, env: Environment, where: string): string {
  const value = env[variable]?.trim();
  if (!value) {
    throw new UsageError(`the environment variable ${variable} holds no key`, {
      where,
      remedy: `set it before the run, e.g. export ${variable}=...`,
    });
  }
  if (!/^[\x20-\x7e]+$/.test(value)) {
    throw unusable(variable, CANNOT_SEND, where);
  }
  return value;
}

function unusable(variable: string, what: string, where: string): UsageError {
  return new UsageError(`the key in ${variable} ${what}`, {
    where,
    remedy: "set the variable to the key alone, without quotes or line breaks",
  });
}

/** A secret as it may come back: as it is, in an address, within JSON, and in base64 at any place of a longer text. */
function formsOf(secret: string): string[] {
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.from("\0".repeat(offset) + secret).toString("base64");
    // Characters at both ends also hold bits of what stands around it.
    const core = text.slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + secret.length)) / 6));
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const plain = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  // A few characters of base64 say little of a secret and much of other things.
  return [...plain, ...inBase64.filter((form) => form.length >= SHORTEST_IN_ANSWER)];
}
