/**
 * What looks like a secret in a configuration. A configuration is written into the run directory, its results and its
 * report, so a secret in it is refused; nothing here ever quotes the value it is about.
 */

export interface SecretFound {
  /** Of the value, key by key. */
  readonly path: readonly (string | number)[];
  /** What is wrong and what to do. */
  readonly message: string;
}

const SECRET_WORDS = new Set([
  "key",
  "keys",
  "token",
  "secret",
  "secrets",
  "signature",
  "sig",
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "code",
  "auth",
  "authorization",
  "credential",
  "credentials",
  "bearer",
  "cookie",
]);
/** The same written without a gap: "subscriptionkey". */
const IN_ONE_WORD =
  /(api|access|private|subscription|account|client|auth|user|my)(key|token|secret|password)$/;
/** Names that hold such a word and no secret. */
const HARMLESS = new Set(["prompt_cache_key", "language_code", "country_code"]);

/** Whether a field or a parameter of this name would hold a secret: `api-key`, `accessToken`, `X-Amz-Signature`. */
export function isSecretName(name: string): boolean {
  if (HARMLESS.has(name)) return false;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => SECRET_WORDS.has(word) || IN_ONE_WORD.test(word));
}

/** Beginnings of the keys that services give out. */
const KEY_BEGINNINGS =
  /^(sk|pk|rk|hf|gsk|xai|r8|nvapi|pplx|ghp|gho|ghs|glpat|github_pat|fw|tgp|csk|dop|xox[abp])[-_][A-Za-z0-9_-]{8,}$|^(AIza|AKIA|ASIA|eyJ)[A-Za-z0-9_-]{12,}/;

/** Whether a text is a key itself: by how it begins, or because it is long and letters and digits alternate. */
export function looksLikeKey(text: string): boolean {
  if (KEY_BEGINNINGS.test(text)) return true;
  const changes = text.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return text.length >= 16 && changes >= 5;
}

/** Whether a text can be the name of an environment variable, and is not a key by mistake. */
export function isVariableName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text) && !looksLikeKey(text);
}

const IN_ENVIRONMENT =
  "name an environment variable in apiKeyEnv, headersEnv, basicAuthEnv or queryEnv instead";

/** What is wrong with an address: another scheme than http, a password, or a parameter named like a secret. */
export function addressTrouble(address: string): string | undefined {
  if (!URL.canParse(address)) return "this is not an address; write it as http://host:port/path";
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) return "an address begins with http:// or https://";
  return secretIn(url);
}

function secretIn(url: URL): string | undefined {
  if (url.username !== "" || url.password !== "") {
    return `an address with a name or a password would be written into the run's files; ${IN_ENVIRONMENT} (basicAuthEnv)`;
  }
  const parameter = [...url.searchParams].find(([name, value]) => isSecretName(name) || looksLikeKey(value));
  if (parameter === undefined) return undefined;
  // A parameter's name may itself be the secret, when it has no value.
  const name = parameter[1] === "" || looksLikeKey(parameter[0]) ? "" : ` "${parameter[0]}"`;
  return `the parameter${name} of this address looks like a secret, which would be written into the run's files; ${IN_ENVIRONMENT} (queryEnv)`;
}

/** Secrets in addresses anywhere in a configuration. */
export function secretsInAddresses(value: unknown): SecretFound[] {
  return textsIn(value).flatMap(({ path, text }) => {
    if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text) || !URL.canParse(text)) return [];
    const message = secretIn(new URL(text));
    return message === undefined ? [] : [{ path, message }];
  });
}

/** Secrets among further fields of a request body. Numbers and switches are none: `stop_token_ids: [2]`. */
export function secretsInFields(fields: unknown): SecretFound[] {
  return textsIn(fields).flatMap(({ path, text }) => {
    const isNamed = path.some((name) => typeof name === "string" && isSecretName(name));
    if (!isNamed && !looksLikeKey(text.replace(/^(Bearer|Basic) +/i, ""))) return [];
    return [
      {
        path,
        message: `this looks like a secret, which would be written into the run's files; ${IN_ENVIRONMENT}`,
      },
    ];
  });
}

/** Whether a command line hands over a secret: `--api-key VALUE`, `--token=VALUE`, or a word that begins as keys do. */
export function holdsSecret(words: readonly string[]): boolean {
  return words.some((word, i) => {
    const [, option = "", value] = /^--?([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    const given = value ?? words[i + 1] ?? "";
    // Limits on tokens and names of files are none.
    const isNamed =
      isSecretName(option) && !/^$|^-|^\d+$/.test(given) && !/(^|-)(file|path|env)$/.test(option);
    return isNamed || KEY_BEGINNINGS.test(value ?? word);
  });
}

/** Every text in a value, with the way to it. */
function textsIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): { path: readonly (string | number)[]; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((inner, i) => textsIn(inner, [...path, i]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}
