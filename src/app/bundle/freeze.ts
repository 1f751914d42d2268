import { basename, join } from "node:path";
import { BUNDLE_SCHEMA, type Manifest } from "../../bundle/manifest.ts";
import { bundleWriter, type FrozenAnswer } from "../../bundle/write.ts";
import { strangersModel } from "../../core/config/answer-settings.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { ResultConfig, Results } from "../../core/run-record.ts";
import { simulatedRoles } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import type { Watcher } from "../../core/watch.ts";
import { isOracle } from "../../methods/about.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import { storedSamples, storedUsers } from "../../studies/rejudge/stored.ts";
import type { World } from "../../world/mapping.ts";
import { openFinishedRun } from "./finished-run.ts";

export interface FreezeSettings {
  readonly out: string;
  readonly name?: string | undefined;
  /** An SPDX identifier, such as CC-BY-4.0. */
  readonly licence: string;
}

/** A set that was frozen: where it lies, and what it is. */
export interface FrozenSet {
  readonly out: string;
  readonly id: string;
  readonly manifest: Manifest;
}

/**
 * Writes the users of a finished run with everything that no world changes, and what its methods answered, as a frozen set.
 * All of it comes from the run's store: nothing is asked.
 * @throws UsageError for a run that is not finished, or whose store has lost what is needed
 */
export async function freezeRun(
  system: System,
  dir: string,
  settings: FreezeSettings,
  watcher: Watcher,
): Promise<FrozenSet> {
  const results = readResults(system, dir);
  refuseFreezing(system, dir, results, settings.out);
  const finished = await openFinishedRun(system, dir, watcher);
  const simulated = simulatedRoles(results);
  const writer = bundleWriter(system, settings.out, {
    pool: results.config.pool,
    open: true,
    tables: ["candidates", "answers"],
    about: simulated.length > 0 ? { simulated: simulated.join(", ") } : {},
  });
  try {
    const test = new Map<string, { plain: string | null; user: PreparedUser }>();
    const replaced = await finished.eachUser((user, plain = null) => {
      writer.user(user, plain);
      if (user.profile.split === "test") test.set(user.profile.id, { plain, user });
    });
    for (const answer of frozenAnswers(system, dir, results, test)) writer.answer(answer);
    const { train, validation } = results.users;
    const { imported } = results.users;
    const users = {
      ...{ train, validation, test: results.users.test, replaced },
      ...(imported === undefined ? {} : { imported: basename(imported) }),
    };
    const frozen = writer.close({ ...headOf(results, settings), simulated, users });
    return { out: settings.out, ...frozen };
  } catch (error) {
    writer.discard();
    throw error;
  } finally {
    finished.close();
  }
}

/** @throws UsageError for a run on a set, and a folder that holds something else */
export function refuseFreezing(system: System, dir: string, { config }: Results, out: string): void {
  if (config.bundle !== undefined) {
    throw new UsageError("this run stands on a frozen set already", {
      where: dir,
      remedy: "give the set itself to others; their runs on it can be joined with `apm-bench leaderboard`",
    });
  }
  if (system.exists(join(out, RUN_FILES.config)) || system.exists(join(out, RUN_FILES.results))) {
    throw new UsageError("this folder holds a run, which the set would be mixed with", {
      where: out,
      remedy: "give the set a folder of its own with --out",
    });
  }
}

/** What the answers to a test user may be, besides a method's own. */
type TestTexts = ReadonlyMap<string, { readonly plain: string | null; readonly user: PreparedUser }>;

function* frozenAnswers(
  system: System,
  dir: string,
  results: Results,
  test: TestTexts,
): Generator<FrozenAnswer> {
  const [users, samples] = [join(dir, RUN_FILES.users), join(dir, RUN_FILES.samples)];
  const known = storedUsers(system.readLines(users), users);
  const drawOf = new Map(results.methods.map(({ name, draw }) => [name, draw === "second" ? 2 : 1] as const));
  for (const sample of storedSamples(system.readLines(samples), samples, results, known)) {
    const { answer, label } = sample;
    const texts = test.get(sample.user);
    const candidate = texts?.user.candidates.find(
      (c) => c !== null && c.principle === label?.principle && c.direction === label.direction,
    );
    const kind =
      answer === null
        ? "none"
        : candidate?.text === answer
          ? "candidate"
          : texts?.plain === answer
            ? "plain"
            : "own";
    yield { ...sample, kind, draw: drawOf.get(sample.method) ?? 1 };
  }
}

/** What the manifest takes from the run's record, without the names of this machine's folders. */
export function headOf(results: Results, { name, licence }: FreezeSettings) {
  const { config, models, prompts, worlds } = results;
  const { conversations, mapping, users } = config;
  const told = (source: string): string =>
    source.startsWith("hf:")
      ? source
      : source
          .split(",")
          .map((part) => basename(part))
          .join(",");
  const { source } = conversations;
  const published: ResultConfig = {
    ...config,
    models: Object.fromEntries(
      Object.entries(config.models).map(([role, model]) => [role, strangersModel({ ...model })]),
    ) as unknown as ResultConfig["models"],
    conversations: {
      ...conversations,
      source:
        typeof source === "string" ? told(source) : { train: told(source.train), test: told(source.test) },
    },
    mapping: mapping.file === undefined ? mapping : { ...mapping, file: basename(mapping.file) },
    users: users.testFile === undefined ? users : { ...users, testFile: basename(users.testFile) },
  };
  return {
    schema: BUNDLE_SCHEMA as typeof BUNDLE_SCHEMA,
    name: name ?? `${config.pool.name ?? `K = ${config.pool.principles.length}`}, seed ${config.seed}`,
    ...{ version: VERSION, licence, config: published, models, prompts },
    // Checked when the record was read.
    worlds: worlds as readonly World[],
    ratedTest: results.methods.some(isOracle),
  };
}
