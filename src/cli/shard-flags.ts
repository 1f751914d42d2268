import { InvalidArgumentError, Option } from "commander";

/** What of a run is wanted, as flags say it. */
export interface ShardFlags {
  readonly shard?: { readonly index: number; readonly of: number };
  readonly stage?: "users" | "fit" | "answers";
  readonly shardOut?: string;
}

/** `2/8`: the second of eight. */
export function shardOf(text: string): NonNullable<ShardFlags["shard"]> {
  const [index, of] = text.split("/").map(Number);
  const isShard =
    /^\d+\/\d+$/.test(text) && index !== undefined && of !== undefined && index >= 1 && index <= of;
  if (!isShard) throw new InvalidArgumentError("write I/N with I from 1 to N, such as 2/8.");
  return { index, of };
}

/** The flags by which several machines share a run without knowing of each other. */
export const shardOptions = (): readonly Option[] => [
  new Option(
    "--shard <i/n>",
    "make the calls of one of N parts alone, into a store of its own, and write no results (docs/shards.md)",
  ).argParser(shardOf),
  new Option(
    "--stage <stage>",
    "which calls: users (rewrites, candidates, ratings), fit (what methods ask in learning), answers; users by default",
  ).choices(["users", "fit", "answers"]),
  new Option(
    "--shard-out <dir>",
    "the part's own directory; by default beside the run's: <out>-shard-2-of-8, <out>-answers-2-of-8",
  ),
];
