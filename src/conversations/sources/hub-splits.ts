import { UsageError } from "../../core/errors.ts";
import type { HubFile } from "../../hub/repo.ts";
import type { HubDataset } from "./source-spec.ts";

/** One Parquet file of a data set. */
export type Shard = HubFile;

/** Splits that train and test users come from when none is named, the preferred one first. */
const TRAIN_SPLITS = ["train_sft", "train"];
const TEST_SPLITS = ["test_sft", "test", "validation"];

/** Shards for train and test users apart, or one list that is to be halved. */
export type ChosenShards =
  | { readonly train: readonly Shard[]; readonly test: readonly Shard[] }
  | { readonly both: readonly Shard[] };

/**
 * Picks the shards of the named split, or of the usual train and test splits.
 * @throws UsageError listing the splits that there are
 */
export function chooseShards(dataset: HubDataset, shards: readonly Shard[]): ChosenShards {
  const splits = new Map<string, Shard[]>();
  for (const shard of shards) {
    const name = splitOf(shard.path);
    splits.set(name, [...(splits.get(name) ?? []), shard]);
  }
  const found = (name: string): Shard[] | undefined => {
    const exact = splits.get(name);
    if (exact !== undefined) return exact;
    const nested = [...splits.keys()].filter((label) => label.endsWith(`/${name}`));
    return nested.length === 1 ? splits.get(nested[0] as string) : undefined;
  };
  const first = (names: readonly string[]): Shard[] | undefined =>
    names.map(found).find((list) => list !== undefined);

  const { split } = dataset;
  const both = split === undefined ? undefined : found(split);
  if (both !== undefined) return { both };
  const [train, test] = split === undefined ? [first(TRAIN_SPLITS), first(TEST_SPLITS)] : [];
  if (train !== undefined && test !== undefined) return { train, test };
  const only = split === undefined && splits.size === 1 ? shards : train;
  if (only !== undefined) return { both: only };
  throw new UsageError(
    splits.size === 0
      ? "this data set has no Parquet files"
      : `there is no ${split ?? "train"} split in this data set`,
    {
      where: `hf:${dataset.name}${dataset.revision === undefined ? "" : `@${dataset.revision}`}`,
      remedy:
        splits.size === 0
          ? "download it and give a local .jsonl, .json or .parquet file"
          : `write hf:${dataset.name}:SPLIT with one of: ${[...splits.keys()].join(", ")}`,
    },
  );
}

/**
 * The split that a path belongs to, by the hub's naming: `data/train-00000-of-00003-1a2b.parquet`,
 * `default/train/0000.parquet` (its own conversion), `train.parquet`. A configuration stays in front: `en/train`.
 */
export function splitOf(path: string): string {
  const parts = path.replace(/\.parquet$/, "").split("/");
  const last = (parts.pop() as string).replace(/-\d+-of-\d+(-[0-9a-f]+)?$/, "");
  if (!/^\d+$/.test(last) || parts.length === 0) parts.push(last);
  const named = parts.filter((part, i) => i === parts.length - 1 || (part !== "data" && part !== "default"));
  return named.join("/");
}
