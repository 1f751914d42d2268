import { type ImportedUser, importedProfile, importedUserSchema } from "../conversations/imported.ts";
import { loadConversations } from "../conversations/sources/load.ts";
import type { Config } from "../core/config/resolved.ts";
import type { ModelConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json-file.ts";
import { parseJsonl } from "../core/jsonl.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import type { Store } from "../core/ports/store.ts";
import type { System } from "../core/ports/system.ts";
import { fold, rootKey } from "../core/random.ts";
import type { UsageRow } from "../core/run-record.ts";
import type { LiveTotals } from "../core/watch.ts";
import { createMethod } from "../methods/registry.ts";
import type { RunContext } from "../pipeline/context.ts";
import { usageMeter } from "../providers/decorators/metered.ts";
import { checkMapping } from "../world/mapping.ts";
import { conversationPorts } from "./conversation-ports.ts";
import { createProviders, type Providers } from "./providers.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** A run with its directory held and its models ready. */
export interface OpenRun {
  readonly config: Config;
  readonly context: Omit<RunContext, "observe" | "sink">;
  readonly store: Store;
  /** A further model in a role, behind the same store, meter and budget. */
  model(role: ModelRole, model: ModelConfig): LanguageModel;
  usage(): UsageRow[];
  totals(): LiveTotals;
  /** Waits for calls in flight, so that what is already paid for is stored. */
  drain(): Promise<void>;
  close(): void;
}

/** A run whose configuration and inputs were read and checked; nothing is touched or asked yet. */
export interface ReadyRun {
  readonly config: Config;
  readonly providers: Providers;
  readonly inputs: Awaited<ReturnType<typeof readInputs>>;
}

const LLM_ROLES = ["base", "candidate", "rewriter", "judge"] as const satisfies ModelRole[];

/**
 * Builds everything a run needs. Inputs are read and checked before the run directory is touched.
 * @throws UsageError for wrong inputs, or a directory that another run holds
 */
export async function openRun(system: System, config: Config): Promise<OpenRun> {
  const ready = await readyRun(system, config);
  const place = openWorkplace(system, config.out, config.budget);
  const close = (): void => {
    void ready.providers.close();
    place.close();
  };
  return { ...beginRun(ready, place), close };
}

/** @throws UsageError for wrong inputs, or models that cannot serve the configuration */
export async function readyRun(system: System, config: Config): Promise<ReadyRun> {
  return { config, providers: createProviders(system, config), inputs: await readInputs(system, config) };
}

/**
 * Begins a run in a workplace, where it finds what other runs have stored and spends from the same budget. Its meter
 * is its own, and closing it leaves the workplace open.
 */
export function beginRun({ config, providers, inputs }: ReadyRun, { store, budget }: Workplace): OpenRun {
  const meter = usageMeter();
  const shared = { store, meter, budget };
  const models = Object.fromEntries(LLM_ROLES.map((role) => [role, providers.guarded(role, shared)]));
  const tunable = providers.tunable(shared);
  return {
    config,
    context: {
      config,
      models: models as RunContext["models"],
      embedder: providers.embedder(shared),
      http: providers.http(shared),
      ...(tunable && { tunable }),
      store,
      ...inputs,
    },
    store,
    model: (role, model) => providers.guarded(role, shared, model),
    usage: () => meter.rows(),
    totals: () => totalsOf(meter.rows()),
    drain: () => providers.drain(),
    close: () => {
      store.flush();
      void providers.close();
    },
  };
}

/** The sums that a progress line shows. */
function totalsOf(rows: readonly UsageRow[]): LiveTotals {
  const sum = (pick: (row: UsageRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  return {
    calls: sum((r) => r.calls),
    cacheHits: sum((r) => r.cacheHits),
    tokens: sum((r) => r.inputTokens + r.outputTokens),
    costUsd: sum((r) => r.costUsd ?? 0),
  };
}

/** Files and sources that the configuration names, read and checked. */
export async function readInputs(
  system: System,
  config: Config,
): Promise<Pick<RunContext, "conversations" | "matrix" | "imported">> {
  for (const [i, method] of config.methods.entries()) {
    const { name, tunes } = createMethod(method, i);
    if (tunes && config.models.base.provider !== "local") throw needsWeights(name, config, `methods[${i}]`);
    checkKey(system, method.apiKeyEnv, `methods[${i}].apiKeyEnv`);
  }
  const { mapping, users, pool, historyLength } = config;
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
        "use a checkpoint folder as the base LLM (--base local:<folder>, or local:tiny), or leave the method out; " +
        "docs/prompt-optimization.md tells what can be trained where",
    },
  );
}

/** A key that is not there is better noticed now than when the method's turn comes. */
function checkKey({ env }: System, name: unknown, where: string): void {
  if (typeof name !== "string" || env[name]) return;
  throw new UsageError(`the environment variable ${name} holds no key`, {
    where,
    remedy: `set it before the run, e.g. export ${name}=...`,
  });
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

async function conversationsOf(
  system: System,
  { conversations, users, seed }: Config,
): Promise<RunContext["conversations"]> {
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
