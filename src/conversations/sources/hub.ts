import { createHash } from "node:crypto";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ListFileEntry } from "@huggingface/hub";
import { ApmError } from "../../core/errors.ts";
import { explainHub, MISSING_PACKAGE } from "./hub-errors.ts";
import type { Shard } from "./hub-splits.ts";
import type { HubDataset } from "./source-spec.ts";

export interface HubOptions {
  /** Folder that listings and shards are kept in; made when needed. */
  readonly cacheDir: string;
  /** From the environment alone; never shown or stored. */
  readonly token?: string | undefined;
  /** Another server with the hub's interface. */
  readonly endpoint?: string | undefined;
  readonly fetch: typeof fetch;
  /** For what is not kept: waits when the hub is too busy. */
  readonly patientFetch: typeof fetch;
  /** Told before each download. */
  readonly note: (message: string) => void;
}

/** What the hub offers of a data set, and the way to have it on the disk. */
export interface HubClient {
  /** Parquet files of a data set. @throws ApmError with a remedy */
  list(dataset: HubDataset): Promise<Shard[]>;
  /** Local path of a shard, downloaded unless it is there already. @throws ApmError with a remedy */
  fetch(dataset: HubDataset, shard: Shard): Promise<string>;
}

/** The branch into which the hub converts every data set that is not Parquet already. */
const CONVERTED = "refs/convert/parquet";
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * A client of the Hugging Face hub that keeps what it has seen: shards under the hash of their contents, and the last
 * listing of each revision, which is used when the network is away (and always for a full commit hash).
 */
export function hubClient(options: HubOptions): HubClient {
  const { cacheDir, token, endpoint, note } = options;
  const access = {
    ...(token === undefined ? {} : { accessToken: token }),
    ...(endpoint === undefined ? {} : { hubUrl: endpoint.replace(/\/+$/, "") }),
    fetch: options.patientFetch,
  };
  const folderOf = ({ name }: HubDataset): string => join(cacheDir, "hub", name.replace("/", "--"));

  const listed = async (
    dataset: HubDataset,
    revision: string,
    fetch: typeof globalThis.fetch,
  ): Promise<Shard[]> => {
    const { listFiles } = await hubPackage();
    const shards: Shard[] = [];
    const repo = { type: "dataset", name: dataset.name } as const;
    const files: AsyncIterable<ListFileEntry> = listFiles({
      ...access,
      fetch,
      repo,
      recursive: true,
      revision: encodeURIComponent(revision),
    });
    for await (const { type, path, size, oid, lfs } of files) {
      const hash = lfs?.oid ?? oid;
      if (type === "file" && hash !== undefined && path.endsWith(".parquet")) {
        shards.push({ path, revision, size, hash, isSha256: lfs !== undefined });
      }
    }
    return shards;
  };

  return {
    async list(dataset) {
      const { revision = "main" } = dataset;
      const kept = join(folderOf(dataset), `listing-${revision.replace(/[^\w.-]/g, "_")}.json`);
      if (COMMIT.test(revision) && existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));
      try {
        const fetch = existsSync(kept) ? options.fetch : options.patientFetch;
        let shards = await listed(dataset, revision, fetch);
        if (shards.length === 0 && dataset.revision === undefined) {
          shards = await listed(dataset, CONVERTED, fetch);
        }
        mkdirSync(folderOf(dataset), { recursive: true });
        writeFileSync(kept, JSON.stringify(shards));
        return shards;
      } catch (error) {
        const explained = explainHub(error, dataset, token !== undefined);
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
      const part = `${path}.${process.pid}.part`;
      try {
        const { downloadFile } = await hubPackage();
        const repo = { type: "dataset", name: dataset.name } as const;
        const blob = await downloadFile({ ...access, repo, path: shard.path, revision: shard.revision });
        if (blob === null) throw new ApmError("the hub lists this file, but does not have it");
        mkdirSync(folderOf(dataset), { recursive: true });
        await writeChecked(blob, part, shard);
        renameSync(part, path);
        return path;
      } catch (error) {
        rmSync(part, { force: true });
        throw explainHub(error, dataset, token !== undefined).error;
      }
    },
  };
}

/** Writes a download; one that is cut or damaged never gets its name. */
async function writeChecked(blob: Blob, path: string, shard: Shard): Promise<void> {
  const hash = createHash("sha256");
  let size = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(blob.stream() as Parameters<typeof Readable.fromWeb>[0]);
  await pipeline(body, check, createWriteStream(path));
  if (size !== shard.size || (shard.isSha256 && hash.digest("hex") !== shard.hash)) {
    throw new ApmError(
      `the download of ${shard.path} is not what the hub lists (${size} of ${shard.size} bytes)`,
      {
        remedy: "run the same command again; complete files are kept",
      },
    );
  }
}

/** An optional dependency: asked for only when a data set of the hub is. */
async function hubPackage(): Promise<typeof import("@huggingface/hub")> {
  try {
    return await import("@huggingface/hub");
  } catch (cause) {
    throw new ApmError("the package @huggingface/hub is not installed", { remedy: MISSING_PACKAGE, cause });
  }
}
