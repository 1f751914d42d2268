import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { downloadHubFile } from "../../hub/download.ts";
import { listHubFiles } from "../../hub/files.ts";
import { explainHub } from "../../hub/hub-errors.ts";
import type { HubAccess, HubFile, HubRepo } from "../../hub/repo.ts";
import type { HubDataset } from "./source-spec.ts";

export interface HubOptions extends HubAccess {
  /** Folder that listings and shards are kept in; made when needed. */
  readonly cacheDir: string;
  /** For what is not kept: waits when the hub is too busy. */
  readonly patientFetch: typeof fetch;
  /** Told before each download. */
  readonly note: (message: string) => void;
}

/** What the hub offers of a data set, and the way to have it on the disk. */
export interface HubClient {
  /** Parquet files of a data set. @throws ApmError with a remedy */
  list(dataset: HubDataset): Promise<HubFile[]>;
  /** Local path of a shard, downloaded unless it is there already. @throws ApmError with a remedy */
  fetch(dataset: HubDataset, shard: HubFile): Promise<string>;
}

/** The branch into which the hub converts every data set that is not Parquet already. */
const CONVERTED = "refs/convert/parquet";
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * A client of the Hugging Face hub that keeps what it has seen: shards under the hash of their contents, and the last
 * listing of each revision, which is used when the network is away (and always for a full commit hash).
 */
export function hubClient(options: HubOptions): HubClient {
  const { cacheDir, token, note } = options;
  const patient: HubAccess = { ...options, fetch: options.patientFetch };
  const repoOf = ({ name, revision }: HubDataset): HubRepo => ({
    type: "dataset",
    name,
    ...(revision === undefined ? {} : { revision }),
  });
  const folderOf = ({ name }: HubDataset): string => join(cacheDir, "hub", name.replace("/", "--"));
  const listed = async (dataset: HubDataset, revision: string, access: HubAccess): Promise<HubFile[]> =>
    (await listHubFiles(access, repoOf(dataset), revision)).filter(({ path }) => path.endsWith(".parquet"));

  return {
    async list(dataset) {
      const { revision = "main" } = dataset;
      const kept = join(folderOf(dataset), `listing-${revision.replace(/[^\w.-]/g, "_")}.json`);
      if (COMMIT.test(revision) && existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));
      try {
        const access = existsSync(kept) ? options : patient;
        let shards = await listed(dataset, revision, access);
        if (shards.length === 0 && dataset.revision === undefined) {
          shards = await listed(dataset, CONVERTED, access);
        }
        mkdirSync(folderOf(dataset), { recursive: true });
        writeFileSync(kept, JSON.stringify(shards));
        return shards;
      } catch (error) {
        const explained = explainHub(error, repoOf(dataset), token !== undefined);
        if (explained.isOffline && existsSync(kept)) {
          note(`${explained.error.message}; using the data set as it was last seen`);
          return JSON.parse(readFileSync(kept, "utf8"));
        }
        throw explained.error;
      }
    },

    async fetch(dataset, shard) {
      const path = join(folderOf(dataset), `${shard.hash}.parquet`);
      if (existsSync(path) && statSync(path).size === shard.size) return path;
      note(`downloading ${dataset.name}/${shard.path} (${(shard.size / 1e6).toFixed(1)} MB)`);
      try {
        await downloadHubFile(patient, repoOf(dataset), shard, path);
        return path;
      } catch (error) {
        throw explainHub(error, repoOf(dataset), token !== undefined).error;
      }
    },
  };
}
