import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LONGEST_MANIFEST, MANIFEST, TABLES, tableFile } from "../../bundle/manifest.ts";
import { checkTables, openBundle } from "../../bundle/open.ts";
import type { OpenBundle } from "../../bundle/read-users.ts";
import { type HubDataset, parseSource } from "../../conversations/sources/source-spec.ts";
import { ApmError, UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { cacheFolder, hubEnvironment } from "../../hub/cache-folder.ts";
import { downloadHubFile } from "../../hub/download.ts";
import { listHubFiles } from "../../hub/files.ts";
import { explainHub } from "../../hub/hub-errors.ts";
import type { HubAccess, HubFile, HubRepo } from "../../hub/repo.ts";
import { uploadToHub } from "../../hub/upload.ts";
import { systemClock } from "../../providers/decorators/system-clock.ts";
import { patientFetch } from "../../providers/http/patient-fetch.ts";
import { httpTransport } from "../../providers/http/transport.ts";

/**
 * A frozen set of the hub, downloaded into the user's cache unless it is there. With the network away, what was listed last serves.
 * @param source `hf:OWNER/NAME`, or with `@REVISION`
 * @throws UsageError for another form; ApmError with a remedy where the hub does not give it
 */
export async function hubBundle(system: System, source: string): Promise<OpenBundle> {
  const repo = repoNamed(source, "bundle");
  const access = accessOf(system);
  const cache = join(
    resolve(system.cwd, cacheFolder(system.env)),
    "hub",
    "sets",
    repo.name.replace("/", "--"),
  );
  const files = await listed(system, repo, cache);
  const manifest = fileNamed(MANIFEST, files, source);
  if (manifest.size > LONGEST_MANIFEST)
    throw new UsageError("this manifest is too long", { where: source, remedy: "name another set" });
  // A set that was changed lies in another folder.
  const folder = join(cache, manifest.hash.replace(/[^0-9a-f]/g, "").slice(0, 40));
  const fetched = async (file: HubFile): Promise<void> => {
    const path = join(folder, file.path);
    if (existsSync(path) && statSync(path).size === file.size) return;
    system.stderr(`downloading ${repo.name}/${file.path} (${(file.size / 1e6).toFixed(1)} MB)\n`);
    await told(repo, access, () => downloadHubFile(access, repo, file, path));
  };
  await fetched(manifest);
  const bundle = openBundle(system, folder);
  for (const name of TABLES) {
    const record = bundle.manifest.files[name];
    if (record === undefined) continue;
    const file = fileNamed(tableFile(name), files, source);
    if (file.size !== record.bytes) {
      throw new UsageError(`${file.path} has ${file.size} bytes, and ${record.bytes} in the manifest`, {
        where: source,
        remedy: "ask those who published the set: it is not whole",
      });
    }
    await fetched(file);
  }
  return bundle;
}

/** A set that was written to the hub. */
export interface PushedSet {
  readonly id: string;
  readonly repo: string;
  readonly commit: string;
}

/**
 * Writes a frozen set with its card to the hub, once its hashes are checked.
 * @throws UsageError for a set that was changed, or an organiser's; ApmError where the hub does not take it
 */
export async function pushBundle(
  system: System,
  folder: string,
  target: string,
  isPrivate: boolean,
): Promise<PushedSet> {
  const repo = repoNamed(target, "<repository>");
  const bundle = openBundle(system, folder);
  const { hidden, files, name } = bundle.manifest;
  if (hidden?.bits !== undefined && hidden.revealed === undefined) {
    throw new UsageError(
      "this is the organiser's set: it holds the hidden worlds and the test users' ratings",
      {
        where: folder,
        remedy:
          "push the set for participants; reveal this one with `apm-bench data reveal` when the time has come",
      },
    );
  }
  checkTables(system, bundle);
  const names = [MANIFEST, "README.md", ...TABLES.filter((table) => files[table]).map(tableFile)];
  const commit = await uploadToHub(
    accessOf(system),
    repo,
    names.map((path) => ({ path, local: resolve(system.cwd, bundle.folder, path) })),
    { title: `${name} (${bundle.id.slice(0, 16)})`, isPrivate },
  );
  return { id: bundle.id, repo: repo.name, commit };
}

function repoNamed(source: string, where: string): HubRepo {
  const spec = parseSource(source, where, "frozen sets");
  const { split, ...dataset }: Partial<HubDataset> = spec.kind === "hub" ? spec.dataset : {};
  if (dataset.name === undefined || split !== undefined) {
    throw new UsageError(`"${source}" names no data set of the Hugging Face hub`, {
      where,
      remedy: "write hf:OWNER/NAME, or hf:OWNER/NAME@REVISION",
    });
  }
  return { type: "dataset", ...dataset, name: dataset.name };
}

/** @param isPatient waits where the hub is too busy: for what nothing kept can take the place of */
function accessOf({ env, stopSignal, stderr }: System, isPatient = true): HubAccess {
  const { fetch } = httpTransport(env, stopSignal);
  const note = (message: string): void => stderr(`${message}\n`);
  const patient = patientFetch(fetch, { clock: systemClock, note, stop: stopSignal });
  return { ...hubEnvironment(env), fetch: isPatient ? patient : fetch };
}

async function listed(system: System, repo: HubRepo, cache: string): Promise<readonly HubFile[]> {
  const { revision = "main" } = repo;
  const kept = join(cache, `listing-${revision.replace(/[^\w.-]/g, "_")}.json`);
  const access = accessOf(system, !existsSync(kept));
  try {
    const files = await listHubFiles(access, repo, revision);
    mkdirSync(cache, { recursive: true });
    writeFileSync(kept, JSON.stringify(files));
    return files;
  } catch (error) {
    const { error: explained, isOffline } = explainHub(error, repo, access.token !== undefined);
    if (!isOffline || !existsSync(kept)) throw explained;
    system.stderr(`${explained.message}; using the set as it was last seen\n`);
    return JSON.parse(readFileSync(kept, "utf8"));
  }
}

function fileNamed(name: string, files: readonly HubFile[], source: string): HubFile {
  const found = files.find(({ path }) => path === name);
  if (found !== undefined) return found;
  throw new UsageError(`this data set has no ${name}: it is no frozen set`, {
    where: source,
    remedy: "name a data set that `apm-bench data push` wrote",
  });
}

async function told(repo: HubRepo, { token }: HubAccess, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (error instanceof ApmError) throw error;
    throw explainHub(error, repo, token !== undefined).error;
  }
}
