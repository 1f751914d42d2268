import { existsSync, mkdirSync, readFileSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ApmError, UsageError } from "../../core/errors.ts";
import { cacheFolder, hubEnvironment } from "../../hub/cache-folder.ts";
import { downloadHubFile } from "../../hub/download.ts";
import { listHubFiles } from "../../hub/files.ts";
import { explainHub } from "../../hub/hub-errors.ts";
import type { HubAccess, HubFile, HubRepo } from "../../hub/repo.ts";
import { type LlamaConfig, refusal } from "../../neural/checkpoint/llama-config.ts";
import { checkSize, INDEX, loadConfig, WEIGHTS, weightFiles } from "../../neural/checkpoint/weights.ts";
import { systemClock } from "../decorators/system-clock.ts";
import { patientFetch } from "../http/patient-fetch.ts";
import type { Surroundings } from "../provider.ts";

export interface HubCheckpoints extends HubAccess {
  /** Folder that checkpoints are kept in; made when needed. */
  readonly cacheDir: string;
  /** Tells people what is being loaded. */
  readonly note: (message: string) => void;
  /** Free bytes of the disk that a folder lies on; as the system says when absent. */
  readonly freeBytes?: (folder: string) => number;
}

/** The way to the hub as the environment says: `HF_TOKEN`, `HF_ENDPOINT`, `APM_BENCH_CACHE`, proxies. */
export function hubOf({
  cwd,
  env,
  stop,
  transport,
  say,
}: Pick<Surroundings, "cwd" | "env" | "stop" | "transport" | "say">): HubCheckpoints {
  return {
    ...hubEnvironment(env),
    cacheDir: resolve(cwd, cacheFolder(env)),
    fetch: patientFetch(transport.fetch, { clock: systemClock, note: say, stop }),
    note: say,
  };
}

const SPEC = /^hf:(?<name>[\w.-]+\/[\w.-]+?)(?:@(?<revision>[^:\s]+))?$/;
export const isHubSpec = (model: string): boolean => model.startsWith("hf:");

const NEEDED = ["config.json", "tokenizer.json"];
const SMALL = [...NEEDED, "generation_config.json", "tokenizer_config.json", "chat_template.jinja"];
/** Written last: names and sizes of what was loaded. */
const COMPLETE = "complete.json";
/** Progress is told this often, in parts of a file. */
const STEPS = 10;

/**
 * The folder of a checkpoint of the Hugging Face hub, loaded at the first call and checked by hash; later calls ask
 * nobody, so that a model does not change under a study.
 * @param model `hf:OWNER/NAME`, or `hf:OWNER/NAME@REVISION`
 * @throws UsageError for a checkpoint that cannot be run here, before its weights are loaded; ApmError with a remedy
 */
export async function hubCheckpoint(model: string, options: HubCheckpoints): Promise<string> {
  const { repo, folder } = placeOf(model, options);
  if (!isComplete(folder)) await explained(repo, options, () => load(repo, folder, options));
  return folder;
}

/** What a checkpoint's network is made of, before its weights are loaded. @throws as `hubCheckpoint` */
export async function hubConfig(model: string, options: HubCheckpoints): Promise<LlamaConfig> {
  const { repo, folder } = placeOf(model, options);
  if (!isComplete(folder)) {
    await explained(repo, options, async () =>
      loadSmall(repo, folder, options, await listedFiles(repo, options)),
    );
  }
  return loadConfig(folder);
}

function placeOf(
  model: string,
  { cacheDir }: HubCheckpoints,
): { readonly repo: HubRepo; readonly folder: string } {
  const { name, revision } = SPEC.exec(model)?.groups ?? {};
  if (name === undefined) {
    throw new UsageError(`"${model}" names no model of the Hugging Face hub`, {
      where: `local:${model}`,
      remedy: "write local:hf:OWNER/NAME, or local:hf:OWNER/NAME@REVISION",
    });
  }
  const at = (revision ?? "main").replace(/[^\w.-]/g, "_");
  return {
    repo: { type: "model", name, ...(revision === undefined ? {} : { revision }) },
    folder: join(cacheDir, "hub", "models", name.replace("/", "--"), at),
  };
}

async function explained(repo: HubRepo, { token }: HubCheckpoints, load: () => Promise<void>): Promise<void> {
  try {
    await load();
  } catch (error) {
    throw explainHub(error, repo, token !== undefined).error;
  }
}

function isComplete(folder: string): boolean {
  const path = join(folder, COMPLETE);
  if (!existsSync(path)) return false;
  const sizes = JSON.parse(readFileSync(path, "utf8")) as Record<string, number>;
  return Object.entries(sizes).every(
    ([name, size]) => existsSync(join(folder, name)) && statSync(join(folder, name)).size === size,
  );
}

type Listed = ReadonlyMap<string, HubFile>;

async function listedFiles(repo: HubRepo, options: HubCheckpoints): Promise<Listed> {
  const listed = await listHubFiles(options, repo, repo.revision ?? "main");
  return new Map(listed.map((file) => [file.path, file]));
}

async function load(repo: HubRepo, folder: string, options: HubCheckpoints): Promise<void> {
  const files = await listedFiles(repo, options);
  const weights = [WEIGHTS, INDEX].find((name) => files.has(name));
  if (weights === undefined) {
    throw refusal(
      `${repo.name} has no safetensors (${WEIGHTS}), and other weights are not loaded`,
      `hf:${repo.name}`,
    );
  }
  await loadSmall(repo, folder, options, files);
  if (weights === INDEX) await loadFile(repo, fileNamed(INDEX, files, repo), folder, options);
  const shards =
    weights === INDEX ? weightFiles(folder).map((path) => path.slice(folder.length + 1)) : [WEIGHTS];
  const large = shards.map((name) => fileNamed(name, files, repo));
  checkRoom(large, folder, options);
  for (const file of large) await loadFile(repo, file, folder, options);
  const all = [...SMALL, INDEX, ...shards]
    .map((name) => files.get(name))
    .filter((file) => file !== undefined);
  const sizes = Object.fromEntries(
    all.filter(({ path }) => existsSync(join(folder, path))).map(({ path, size }) => [path, size]),
  );
  writeFileSync(join(folder, COMPLETE), JSON.stringify(sizes));
}

/** What is too large or of another architecture is known by these, before any weights are loaded. */
async function loadSmall(
  repo: HubRepo,
  folder: string,
  options: HubCheckpoints,
  files: Listed,
): Promise<void> {
  const lacking = NEEDED.find((name) => !files.has(name));
  if (lacking !== undefined) {
    throw refusal(`${repo.name} has no ${lacking}; it cannot be run in the process`, `hf:${repo.name}`);
  }
  mkdirSync(folder, { recursive: true });
  for (const name of SMALL) {
    const file = files.get(name);
    if (file !== undefined) await loadFile(repo, file, folder, options);
  }
  checkSize(loadConfig(folder), `hf:${repo.name}`);
}

function fileNamed(name: string, files: Listed, repo: HubRepo): HubFile {
  const file = files.get(name);
  if (file === undefined) throw new ApmError(`the hub does not have ${name}`, { where: `hf:${repo.name}` });
  return file;
}

async function loadFile(
  repo: HubRepo,
  file: HubFile,
  folder: string,
  options: HubCheckpoints,
): Promise<void> {
  const path = join(folder, file.path);
  if (existsSync(path) && statSync(path).size === file.size) return;
  const size = mb(file.size);
  let told = 0;
  let begun = false;
  await downloadHubFile(options, repo, file, path, (bytes) => {
    if (!begun) {
      const rest = bytes > 0 ? `, from ${mb(bytes)} on` : "";
      options.note(`loading ${repo.name}/${file.path} (${size}${rest})`);
      told = Math.floor((STEPS * bytes) / file.size);
      begun = true;
    }
    const step = Math.floor((STEPS * bytes) / file.size);
    if (step <= told || step >= STEPS || file.size < 1e7) return;
    told = step;
    options.note(`  ${mb(bytes)} of ${size}`);
  });
}

/** @throws ApmError when the disk cannot hold what is still to be loaded */
function checkRoom(files: readonly HubFile[], folder: string, { freeBytes = freeOf }: HubCheckpoints): void {
  const wanted = files.reduce((sum, { path, size }) => {
    const part = join(folder, `${path}.part`);
    if (existsSync(join(folder, path))) return sum;
    return sum + size - (existsSync(part) ? statSync(part).size : 0);
  }, 0);
  const free = freeBytes(folder);
  if (wanted <= free) return;
  throw new ApmError(`the disk has no room for the weights: ${mb(wanted)} to load, ${mb(free)} free`, {
    where: folder,
    remedy: "make room, or set APM_BENCH_CACHE to another folder",
  });
}

function freeOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 0)} MB`;
}
