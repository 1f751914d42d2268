import type { ConversationSource } from "../catalog/conversations.ts";
import { type ImportedUser, importedProfile, importedUserSchema } from "../conversations/imported.ts";
import { loadConversations } from "../conversations/sources/load.ts";
import { DEFAULTS } from "../core/config/defaults.ts";
import type { Config } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json-file.ts";
import { parseJsonl } from "../core/jsonl.ts";
import type { ServerKeys } from "../core/ports/http.ts";
import type { ModelRole } from "../core/ports/language-model.ts";
import type { System } from "../core/ports/system.ts";
import { fold, rootKey } from "../core/random.ts";
import type { Submission } from "../core/submission.ts";
import { checkLimit } from "../judge/limit.ts";
import type { OwnMethod } from "../methods/own.ts";
import { type ConfiguredMethod, createMethod, methodHead } from "../methods/registry.ts";
import type { RunSetup } from "../pipeline/run-setup.ts";
import type { FileDesk } from "../providers/files/desk.ts";
import { credentialsOf } from "../providers/http/credentials.ts";
import { providerOf } from "../providers/registry.ts";
import { folderOfStore } from "../run-folder/run-directory.ts";
import { checkMapping } from "../world/mapping.ts";
import { keptAnswersIn } from "./batch/kept-answers.ts";
import type { FrozenInputs } from "./bundle/inputs.ts";
import { storeOver } from "./bundle/known-calls.ts";
import { conversationPorts } from "./conversation-ports.ts";
import { withCrew } from "./crew/with-crew.ts";
import type { GivenObjects } from "./given-objects.ts";
import { checkModels } from "./model-checks.ts";
import { closed, modelsIn, type OpenModels } from "./open-models.ts";
import { loadOwnMethods } from "./own-methods.ts";
import { openProviders, type Providers } from "./providers.ts";
import { concurrencyOf } from "./traffic.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** A run with its directory held and its models ready. */
export interface OpenRun extends OpenModels {
  readonly config: Config;
  readonly setup: Omit<RunSetup, "observe" | "sink">;
  /** Of answers that came as a file: written into the record. */
  readonly submission?: Submission;
}

/** A run whose configuration and inputs were read and checked; nothing is touched or asked yet. */
export interface ReadyRun {
  readonly config: Config;
  readonly providers: Providers;
  readonly methods: readonly ConfiguredMethod[];
  readonly inputs: Awaited<ReturnType<typeof readInputs>>;
}

const LLM_ROLES = ["base", "candidate", "rewriter", "judge"] as const satisfies ModelRole[];

/**
 * Builds everything a run needs. Inputs are read and checked before the run directory is touched.
 * @throws UsageError for wrong inputs, or a directory that another run holds
 */
export async function openRun(system: System, config: Config, given?: GivenObjects): Promise<OpenRun> {
  const folder = folderOfStore(config.out, system.exists);
  const ready = await readyRun(system, config, given, keptAnswersIn(system, folder));
  const place = openWorkplace(system, folder, config.budget);
  const close = (): Promise<void> => closed(ready.providers, place);
  return { ...withCrew(beginRun(ready, place), ready.providers, place), close };
}

/** @throws UsageError for wrong inputs, or models that cannot serve the configuration */
export async function readyRun(
  system: System,
  config: Config,
  { models, methods = [], configured: made, traffic }: GivenObjects = {},
  files?: FileDesk,
): Promise<ReadyRun> {
  checkModels(config);
  const configured = made ?? (await configuredMethods(system, config, methods));
  const { bundle } = config;
  const { rewriter: _, candidate: __, ...asked } = config.models;
  // Of a frozen set's models some are never asked.
  const wanted = Object.values(bundle === undefined ? config.models : asked);
  const { standInsOf } = await import("./bundle/stand-in.ts");
  const providers = await openProviders(system, config, wanted, {
    ...(models && { given: models }),
    traffic,
    standIn: bundle && (await standInsOf(system, bundle)),
    // Who asks no server need not look for one.
    ...(files?.collects ? {} : { run: { models: config.models, methods: configured } }),
    files,
  });
  // Their settings are checked by making them.
  for (const role of LLM_ROLES) providers.bare(config.models[role]);
  checkLimit(providers.bare(config.models.judge), config.judge);
  return {
    config,
    providers,
    methods: configured,
    inputs: await readInputs(system, config),
  };
}

async function configuredMethods(
  system: System,
  { methods }: Config,
  given: readonly OwnMethod[],
): Promise<ConfiguredMethod[]> {
  const own = await loadOwnMethods(system, methods, given);
  return methods.map((method, i) => createMethod(method, i, own));
}

/**
 * Begins a run in a workplace, where it finds what other runs have stored and spends from the same budget. Its meter
 * is its own, and closing it leaves the workplace open.
 */
export function beginRun({ config, providers, methods, inputs }: ReadyRun, place: Workplace): OpenRun {
  const { frozen } = inputs;
  const calls = frozen?.calls(providers.bare(config.models.base).identity);
  const open = modelsIn(providers, calls ? { ...place, store: storeOver(place.store, calls) } : place);
  const { models, store } = open;
  const byRole = Object.fromEntries(
    LLM_ROLES.map((role) => [role, models.language(role, config.models[role])]),
  ) as RunSetup["models"];
  const tunable = models.tunable(config.models.base);
  return {
    ...open,
    config,
    setup: {
      config: { ...config, concurrency: concurrencyOf(config) },
      methods,
      models: byRole,
      embedder: models.embedder(config.models.embedder),
      http: models.http,
      trainers: models.trainers(config.models.base),
      ...(tunable && { tunable }),
      store,
      enter: (roles) => providers.enter(roles.map((role) => config.models[role])),
      repeated: (role, asks) => open.repeated(role, byRole[role], asks),
      ...inputs,
    },
  };
}

/** What a run reads before it begins. */
type RunInputs = Pick<RunSetup, "conversations" | "matrix" | "imported"> & { readonly frozen?: FrozenInputs };

const OF_THE_PACKAGE = { ...DEFAULTS.conversations, perUser: 1 };

/** Files and sources that the configuration names, read and checked. */
export async function readInputs(system: System, config: Config): Promise<RunInputs> {
  for (const [i, method] of config.methods.entries()) {
    const { name, tunes } = methodHead(method, i);
    if (tunes && providerOf(config.models.base)[tunes === "here" ? "tunable" : "trainable"] === undefined)
      throw needsWeights(name, config, `methods[${i}]`);
    // A key that is not there is better noticed now than when the method's turn comes.
    credentialsOf(method as ServerKeys, system.env, `methods[${i}]`);
  }
  const { mapping, users, pool, historyLength } = config;
  if (config.bundle !== undefined) {
    const { bundleInputs } = await import("./bundle/inputs.ts");
    // Nothing is rewritten: those of the package are for whoever wants to know how long prompts are.
    const conversations = await conversationsOf(system, { ...config, conversations: OF_THE_PACKAGE });
    return { conversations, frozen: await bundleInputs(system, config, config.bundle) };
  }
  return {
    conversations: await conversationsOf(system, config),
    ...(mapping.file === undefined
      ? {}
      : { matrix: checkMapping(parseJson(system, mapping.file), pool.principles.length, mapping.file) }),
    ...(users.testFile === undefined
      ? {}
      : { imported: readImported(system, users.testFile, pool, historyLength) }),
  };
}

/** Better said before anything is paid for. */
function needsWeights(method: string, { models }: Config, where: string): UsageError {
  return new UsageError(
    `${method} trains the base LLM, and the weights of ${models.base.provider} are not at hand`,
    {
      where,
      remedy:
        "use a checkpoint folder as the base LLM (models.base: local:<folder>, or local:tiny), or name a trainer and its model; " +
        "docs/prompt-optimization.md tells what can be trained where",
    },
  );
}

function readImported(
  system: System,
  file: string,
  pool: Config["pool"],
  historyLength: number,
): ImportedUser[] {
  const users = [...parseJsonl(system.readLines(file), file, importedUserSchema)];
  if (users.length === 0) {
    throw new UsageError("there is no user in this file", {
      where: file,
      remedy: "make it with `apm-bench data import --conversations FILE`",
    });
  }
  const names = new Set<string>();
  for (const user of users) {
    importedProfile(user, pool, historyLength, file);
    if (names.has(user.user)) {
      throw new UsageError(`two users are called "${user.user}"`, {
        where: file,
        remedy: "give every user a name of its own, or leave one out",
      });
    }
    names.add(user.user);
  }
  return users;
}

/** Base conversations for so many users. @throws UsageError for a source that cannot be read */
async function conversationsOf(
  system: System,
  {
    conversations,
    users,
    seed,
  }: Pick<Config, "conversations" | "seed"> & {
    readonly users: Pick<Config["users"], "train" | "validation" | "test">;
  },
): Promise<RunSetup["conversations"]> {
  const { perUser } = conversations;
  const needed = { train: (users.train + users.validation) * perUser, test: users.test * perUser };
  const key = fold(rootKey(seed), "conversations");
  const { train, test, notes } = await loadConversations(
    conversations,
    needed,
    key,
    conversationPorts(system),
  );
  for (const note of notes) system.stderr(`${note}\n`);
  return { train, test };
}

/** So many base conversations of test users: for studies whose users have one each. */
export async function testConversations(
  system: System,
  { conversations, seed }: Config,
  count: number,
): Promise<ConversationSource> {
  const users = { train: 1, validation: 1, test: count };
  return (await conversationsOf(system, { conversations: { ...conversations, perUser: 1 }, seed, users }))
    .test;
}
