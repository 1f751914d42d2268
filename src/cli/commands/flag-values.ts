import { InvalidArgumentError } from "commander";
import { wholeNumber } from "../options.ts";

/** A whole number from 1 on. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("write a whole number from 1 on.");
  return value;
}

/** A gain to be found, in points of reward. */
export function effectSize(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 9))
    throw new InvalidArgumentError("write points of reward, above 0 and up to 9.");
  return value;
}

/** A wanted chance to find it. */
export function chance(text: string): number {
  const value = Number(text);
  if (!(value > 0.5 && value < 1))
    throw new InvalidArgumentError("write a chance between 0.5 and 1, such as 0.8.");
  return value;
}

/** A number above 0. */
export function aboveZero(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("write a number above 0.");
  return value;
}

/** A port to listen on; 0 for any free one. */
export function portNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 0 || value > 65_535)
    throw new InvalidArgumentError("write a port from 0 (any free one) to 65535.");
  return value;
}

/** A day. */
export function isoDate(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError("write a date as YYYY-MM-DD.");
}

/** Scores by comma; within which ends they must lie, the configuration decides. */
export function scoresByComma(text: string): number[] {
  const scores = text.split(",").map((piece) => (piece.trim() === "" ? Number.NaN : Number(piece)));
  if (scores.every((score) => Number.isFinite(score))) return scores;
  throw new InvalidArgumentError("write numbers by comma, such as 3,8,5.5,2.");
}
