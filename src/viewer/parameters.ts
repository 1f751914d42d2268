import type { Direction } from "../core/rating-scale.ts";

/** A request that asks for something that is not there, or in a wrong way: its status and a line for the page. */
export class RequestError extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

export function text(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw new RequestError(400, `${name} is missing`);
  return value;
}

/** A whole number from 0 on; `fallback` when it is absent. */
export function count(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const value = query.get(name);
  if (value === null || value === "") return fallback;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new RequestError(400, `${name} is no whole number`);
  return Math.min(number, max);
}

/** A world's seed; `null` for all of them. */
export function seed(query: URLSearchParams, name: string): number | null {
  const value = query.get(name);
  if (value === null || value === "") return null;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RequestError(400, `${name} is no seed`);
  return number;
}

export function choice<T extends string>(
  query: URLSearchParams,
  name: string,
  all: readonly T[],
  fallback: T,
): T {
  const value = query.get(name);
  if (value === null || value === "") return fallback;
  if (!(all as readonly string[]).includes(value))
    throw new RequestError(400, `${name} is none of ${all.join(", ")}`);
  return value as T;
}

/** A name behind a sign: "+gentle" follows (or shows), "-gentle" avoids (or shows the opposite). */
export function signedName(
  query: URLSearchParams,
  name: string,
): { name: string; direction: Direction } | null {
  const value = query.get(name);
  if (value === null || value === "") return null;
  const direction = value.startsWith("+") ? "follow" : value.startsWith("-") ? "avoid" : null;
  if (direction === null) throw new RequestError(400, `${name} needs a sign`);
  return { name: value.slice(1), direction };
}
