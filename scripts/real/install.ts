/**
 * Installs a real llama.cpp server and the weights of small real models from PyPI, pinned and held to their bytes, into
 * a folder that is kept between runs. What is there is not fetched again; what was broken off goes on.
 *
 *   node scripts/real/install.ts [smollm2] [qwen] [gemma] [minilm]
 *
 * Ends with 0; with 75 when the packages cannot be had here, which says nothing against this package; else with 1.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { lockDirectory } from "../../src/store/lock.ts";
import { writeEncoderGguf } from "./encoder-gguf.ts";
import { MODELS, type RealModel, SERVER, type Weights, type WeightsFile, type Wheel } from "./packages.ts";
import { ENCODER_FOLDER, REAL_FOLDER, REAL_PYTHON, weightsOf } from "./places.ts";

/** For `.ci/run`: a machine without network, or not of the kind that the wheels are for (EX_TEMPFAIL). */
const CANNOT_BE_HAD = 75;

class CannotBeHad extends Error {}

try {
  await install(askedModels());
} catch (error) {
  if (!(error instanceof CannotBeHad)) throw error;
  console.error(`The real server and its weights cannot be had here: ${error.message}`);
  process.exitCode = CANNOT_BE_HAD;
}

function askedModels(): RealModel[] {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in MODELS));
  if (unknown.length > 0) throw new Error(`there is no model ${unknown}: choose of ${Object.keys(MODELS)}`);
  return asked.length > 0 ? (asked as RealModel[]) : ["smollm2", "minilm"];
}

async function install(models: readonly RealModel[]): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new CannotBeHad("the server's wheel is for Linux on x86-64");
  }
  const lock = lockDirectory(REAL_FOLDER);
  try {
    installServer();
    for (const model of models) await fetchModel(model, MODELS[model]);
    if (models.includes("minilm") && !existsSync(weightsOf("minilm"))) {
      writeEncoderGguf(ENCODER_FOLDER, weightsOf("minilm"));
    }
  } finally {
    lock.release();
  }
}

function installServer(): void {
  if (!existsSync(REAL_PYTHON)) obtained("python3", ["-m", "venv", dirname(dirname(REAL_PYTHON))]);
  const isThere = `import importlib.metadata as m, sys; sys.exit(m.version("${SERVER.name}") != "${SERVER.version}")`;
  if (spawnSync(REAL_PYTHON, ["-c", isThere]).status !== 0) pip("install", SERVER);
}

async function fetchModel(name: RealModel, { wheels, files }: Weights): Promise<void> {
  if ((await wrong(files)).length === 0) return;
  const [downloaded, unpacked] = [join(REAL_FOLDER, "wheels"), join(REAL_FOLDER, "unpacked")];
  console.error(`fetching ${name}`);
  // One by one: those that have come are kept when the next one does not.
  for (const wheel of wheels) pip("download", wheel, "--dest", downloaded);
  rmSync(unpacked, { recursive: true, force: true });
  for (const { name, version } of wheels) {
    const file = join(downloaded, `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`);
    obtained(REAL_PYTHON, ["-m", "zipfile", "-e", file, unpacked]);
  }
  for (const file of files) await joinParts(file, unpacked);
  const bad = await wrong(files);
  if (bad.length > 0) throw new Error(`not the bytes that were pinned: ${bad.map(({ file }) => file)}`);
  for (const folder of [downloaded, unpacked]) rmSync(folder, { recursive: true });
}

/** The file appears whole or not at all. */
async function joinParts({ file, parts }: WeightsFile, folder: string): Promise<void> {
  const path = join(REAL_FOLDER, file);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(`${path}.part`, { force: true });
  for (const part of parts) {
    await pipeline(createReadStream(join(folder, part)), createWriteStream(`${path}.part`, { flags: "a" }));
  }
  renameSync(`${path}.part`, path);
}

/** Those that are not there, or are not what they must be. */
async function wrong(files: readonly WeightsFile[]): Promise<WeightsFile[]> {
  const bad: WeightsFile[] = [];
  for (const wanted of files) {
    const path = join(REAL_FOLDER, wanted.file);
    const hash = createHash("sha256");
    if (existsSync(path)) await pipeline(createReadStream(path), hash);
    if (hash.digest("hex") !== wanted.sha256) bad.push(wanted);
  }
  return bad;
}

/** pip checks the bytes; a wheel that it has downloaded before it takes as it lies. */
function pip(command: "install" | "download", { name, version, sha256 }: Wheel, ...more: string[]): void {
  const wanted = join(REAL_FOLDER, "wanted.txt");
  writeFileSync(wanted, `${name}==${version} --hash=sha256:${sha256}\n`);
  const quiet = ["-q", "--disable-pip-version-check", "--no-deps", "--require-hashes"];
  obtained(REAL_PYTHON, ["-m", "pip", command, ...quiet, ...more, "-r", wanted]);
}

/** What pip says where there is no way to an index, or none of its files is for this machine. */
const OUT_OF_REACH =
  /no matching distribution|connection|timed out|name resolution|proxy|certificate|no module named/i;

/** @throws CannotBeHad with the command's last line; Error for whatever is not the machine's or the network's fault */
function obtained(command: string, args: readonly string[]): void {
  const { status, stderr = "", error } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) throw new CannotBeHad(error.message);
  if (status === 0) return;
  if (!OUT_OF_REACH.test(stderr)) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  throw new CannotBeHad(stderr.trim().split("\n").at(-1) as string);
}
