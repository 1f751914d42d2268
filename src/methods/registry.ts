import type { z } from "zod";
import type { MethodRole } from "../core/config/ids.ts";
import { issueLines } from "../core/config/issues.ts";
import type { MethodConfig, OwnMethodConfig } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import { aboutOnly, type MethodAbout } from "../core/method-about.ts";
import { didYouMean } from "../core/nearest.ts";
import type { AnswerKind, MethodCalls, RunSizes } from "./calls.ts";
import { external } from "./external.ts";
import { inContext } from "./in-context.ts";
import { knnRouting } from "./knn-routing.ts";
import { manyShot } from "./many-shot.ts";
import type { Method, MethodDescription, Oracle, Tunes } from "./method.ts";
import { none } from "./none.ts";
import { type OwnMethod, ownImplementation, usualCalls } from "./own.ts";
import { profile } from "./profile.ts";
import { promptOptimization } from "./prompt-optimization/prompt-optimization.ts";
import { ragExemplar } from "./retrieval/rag-exemplar.ts";
import { ragSummary } from "./retrieval/rag-summary.ts";
import { rewardRerank } from "./reward-rerank/reward-rerank.ts";
import { majorityRouting, randomRouting } from "./routing/floors.ts";
import { routingOracle } from "./routing/oracle.ts";
import { routing } from "./routing/routing.ts";

/** Every method of the package, in the order in which they are listed to people: one line each. */
export const METHODS = [
  none,
  routing,
  knnRouting,
  rewardRerank,
  routingOracle,
  ragExemplar,
  ragSummary,
  promptOptimization,
  randomRouting,
  majorityRouting,
  inContext,
  profile,
  manyShot,
  external,
] as const;

export type MethodId = (typeof METHODS)[number]["id"];
/** What may be written beside a method's id. */
export type OptionsOf<Id extends MethodId> = z.input<
  Extract<(typeof METHODS)[number], { id: Id }>["options"]
>;
export const METHOD_IDS: readonly MethodId[] = METHODS.map(({ id }) => id);

/** The method that all others are compared with, listed or not. */
export const BASELINE = none;

/** What is known of a configured method without anything that it needs for its work. */
export interface MethodHead {
  readonly id: string;
  readonly name: string;
  readonly about: MethodAbout;
  readonly role: MethodRole;
  readonly learns: boolean;
  readonly tunes: Tunes | undefined;
  readonly answers: AnswerKind;
  /** Whether the user has defined it. */
  readonly own: boolean;
}

/** A method of a run, its options checked. */
export interface ConfiguredMethod extends MethodHead {
  calls(sizes: RunSizes): readonly MethodCalls[];
  readonly implementation: Method | Oracle;
}

type AnyDescription = MethodDescription<string, z.ZodObject>;

const BY_ID: ReadonlyMap<string, AnyDescription> = new Map(
  METHODS.map((method) => [method.id, method as AnyDescription]),
);

/**
 * What a configuration entry says of its method.
 * @throws UsageError for an unknown method or option, or a wrong value
 */
export function methodHead(config: MethodConfig, index: number): MethodHead {
  if (config.object !== undefined) return headOfOwn(config as OwnMethodConfig);
  return headOf(parsedEntry(config, index));
}

/**
 * The method of a configuration entry, its options checked.
 * @param own looks up a method that the user has defined
 * @throws UsageError as `methodHead`
 */
export function createMethod(
  config: MethodConfig,
  index: number,
  own: (config: OwnMethodConfig) => OwnMethod = notLoaded,
): ConfiguredMethod {
  if (config.object !== undefined) {
    const head = headOfOwn(config as OwnMethodConfig);
    const method = own(config as OwnMethodConfig);
    return {
      ...head,
      calls: (sizes) => method.calls?.(sizes) ?? usualCalls(sizes, head.answers),
      implementation: ownImplementation(method),
    };
  }
  const entry = parsedEntry(config, index);
  const { described, options } = entry;
  return {
    ...headOf(entry),
    calls: (sizes) => described.calls(sizes, options),
    implementation: described.create(options),
  };
}

interface Entry {
  readonly described: AnyDescription;
  readonly options: z.output<z.ZodObject>;
  readonly name: string | undefined;
}

function parsedEntry(config: MethodConfig, index: number): Entry {
  const { id, name, ...options } = config;
  const where = `methods[${index}]`;
  const described = BY_ID.get(id);
  if (described === undefined) {
    throw new UsageError(`there is no method "${id}"${didYouMean(id, METHOD_IDS)}`, {
      where,
      remedy: `choose one of: ${METHOD_IDS.join(", ")}`,
    });
  }
  const parsed = described.options.safeParse(options);
  if (!parsed.success) {
    const issues = issueLines(parsed.error, described.options, options).join("; ");
    throw new UsageError(`method "${id}": ${issues}`, {
      where,
      remedy: "docs/configuration.md lists each method's options",
    });
  }
  return { described, options: parsed.data, name };
}

function headOf({ described, options, name }: Entry): MethodHead {
  const { id, title, role, learns, answers } = described;
  return {
    id,
    name: name ?? title,
    about: aboutOnly(described),
    role,
    learns: typeof learns === "function" ? learns(options) : learns,
    tunes: described.tunes?.(options),
    answers: typeof answers === "function" ? answers(options) : answers,
    own: false,
  };
}

function headOfOwn({ id, name, object }: OwnMethodConfig): MethodHead {
  const { about, learns, answers } = object;
  return {
    id,
    name: name ?? about.title,
    about,
    role: about.role,
    learns,
    answers,
    tunes: undefined,
    own: true,
  };
}

/** A program that names a method of its own by its entry alone has forgotten the object. */
function notLoaded({ id }: OwnMethodConfig): never {
  throw new UsageError(`the method "${id}" is defined by a configuration file, which was not loaded`, {
    where: "methods",
    remedy: "name that file, or give the object itself",
  });
}
