import { styleLabels, type TrainUser, type UserText } from "../core/artifacts.ts";
import { fold, type Key, rootKey } from "../core/random.ts";
import { simulatedIn, simulatedWords } from "../core/simulated.ts";
import type { Answer, MethodContext } from "../methods/method.ts";
import { BASELINE, type ConfiguredMethod } from "../methods/registry.ts";
import type { World } from "../world/mapping.ts";
import type { PreparedUser } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";
import type { PreparedUsers } from "./users.ts";
import { inWorld } from "./world-view.ts";

/**
 * A method that has learned what it can: takes a user and answers the user's prompt, whatever that is. It is given the
 * whole user, and hands on history and prompt alone, but for the oracle.
 */
export type Answering = (user: TrainUser) => Promise<Answer>;

/** Whom methods may learn from in one world. */
export interface Learners {
  readonly train: readonly TrainUser[];
  readonly validation: readonly TrainUser[];
}

export function learnersIn({ config }: RunSetup, users: PreparedUsers, world: World): Learners {
  const visible = (list: readonly PreparedUser[]): TrainUser[] =>
    list.map((user) => inWorld(user, world, config.targets).visible);
  return { train: visible(users.train), validation: visible(users.validation) };
}

/** What is told of fitting, and what a method may know beforehand. */
interface FitHooks extends Partial<Pick<MethodContext, "learned" | "classified">> {
  /** Whom it will be asked about: methods that are quicker at once than one by one are told. */
  readonly expected?: readonly UserText[];
}

/** Fits a method on a world's learners, or wraps the oracle: afterwards both take a user and answer. */
export async function fitMethod(
  run: RunSetup,
  { name, implementation }: Pick<ConfiguredMethod, "name" | "implementation">,
  world: World,
  { train, validation }: Learners,
  memo: MethodContext["memo"],
  { learned = () => {}, classified = () => {}, expected = [] }: FitHooks = {},
): Promise<Answering> {
  await run.crew?.fitted(name, world.seed);
  const context = methodContext(run, name, world, memo, { learned, classified });
  if (implementation.kind === "oracle") return (user) => implementation.answer(user, context);
  const fitted = await implementation.fit(train, validation, context);
  await fitted.expect?.(expected.map(onlyText));
  return (user) => fitted.answer(onlyText(user));
}

/**
 * Has methods lay down, for all worlds at once, what somebody else carries out between two starts of a run. Whoever then
 * waits for it first says so.
 */
export async function layDown(
  run: RunSetup,
  methods: readonly ConfiguredMethod[],
  users: PreparedUsers,
  worlds: readonly World[],
  memo: MethodContext["memo"],
): Promise<void> {
  for (const { name, implementation } of methods) {
    if (implementation.kind === "oracle" || implementation.trainedBy !== "folder") continue;
    for (const world of worlds) {
      const { train, validation } = learnersIn(run, users, world);
      const fitted = await implementation.fit(train, validation, methodContext(run, name, world, memo));
      await fitted.layDown?.(users.test.map(({ text }) => text));
    }
  }
}

/** The non-personalized base LLM, with which all methods are compared. */
export function plainAnswers(run: RunSetup, world: World, memo: MethodContext["memo"]): Promise<Answering> {
  const nobody: Learners = { train: [], validation: [] };
  return fitMethod(run, { name: BASELINE.title, implementation: BASELINE.create({}) }, world, nobody, memo);
}

/** One value a name, for as long as the run lasts: what methods compute once for all worlds. */
export function runMemory(): MethodContext["memo"] {
  const values = new Map<string, unknown>();
  return <T>(name: string, compute: () => T): T => {
    if (!values.has(name)) values.set(name, compute());
    return values.get(name) as T;
  };
}

/** What a method may see of a test user: a fresh object without candidates and rewards. */
function onlyText({ id, history, prompt }: UserText) {
  return { id, history, prompt };
}

/** The key of all that a method draws in a world. */
export const methodKey = ({ seed }: { readonly seed: number }, world: World, method: string): Key =>
  fold(fold(fold(rootKey(seed), "world"), world.seed), method);

function methodContext(
  run: RunSetup,
  method: string,
  world: World,
  memo: MethodContext["memo"],
  hooks: Pick<MethodContext, "learned" | "classified"> = { learned: () => {} },
): MethodContext {
  return {
    base: run.models.base,
    embedder: run.embedder,
    labels: styleLabels(run.config.pool.principles, run.config.styles?.avoid),
    key: methodKey(run.config, world, method),
    concurrency: run.config.concurrency,
    artifacts: run.store,
    memo,
    http: run.http,
    tunable: run.tunable,
    trainers: run.trainers,
    keep: (files) => {
      const folder = `adapters/${method.replace(/[^\p{L}\p{N}]+/gu, "-")}/world-${world.seed}`;
      for (const [file, bytes] of files) run.sink.file?.(`${folder}/${file}`, bytes);
      const words = simulatedWords(simulatedIn({ ...run.models, embedder: run.embedder }));
      if (words !== "") run.sink.file?.(`${folder}/SIMULATED.md`, new TextEncoder().encode(`${words}\n`));
    },
    ...hooks,
    note: (message) => run.observe({ type: "note", message }),
  };
}
