type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * How long a server asks to be left alone, in milliseconds from now: Retry-After in seconds or as a date (RFC 9110,
 * 10.2.3), or retry-after-ms; `undefined` without either, or when it cannot be read.
 */
export function retryAfterOf(headers: Headers, now: number = Date.now()): number | undefined {
  const milliseconds = numberIn(headers["retry-after-ms"]);
  if (milliseconds !== undefined) return milliseconds;
  const value = headers["retry-after"];
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const seconds = numberIn(value);
  if (seconds !== undefined) return seconds * 1000;
  const at = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function numberIn(value: string | string[] | undefined): number | undefined {
  if (typeof value !== "string" || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return undefined;
  return Number(value);
}
