import type { z } from "zod";
import type { MethodRole } from "../core/config/ids.ts";
import { issueLines } from "../core/config/issues.ts";
import type { MethodConfig } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import type { MethodAbout } from "../core/method-about.ts";
import { didYouMean } from "../core/nearest.ts";
import type { AnswerKind, MethodCalls, RunSizes } from "./calls.ts";
import { external } from "./external.ts";
import { inContext } from "./in-context.ts";
import type { Method, MethodDescription, Oracle } from "./method.ts";
import { none } from "./none.ts";
import { promptOptimization } from "./prompt-optimization/prompt-optimization.ts";
import { ragExemplar } from "./retrieval/rag-exemplar.ts";
import { ragSummary } from "./retrieval/rag-summary.ts";
import { majorityRouting, randomRouting } from "./routing/floors.ts";
import { routingOracle } from "./routing/oracle.ts";
import { routing } from "./routing/routing.ts";

/** Every method of the package, in the order in which they are listed to people: one line each. */
export const METHODS = [
  none,
  routing,
  routingOracle,
  ragExemplar,
  ragSummary,
  promptOptimization,
  randomRouting,
  majorityRouting,
  inContext,
  external,
] as const;

export type MethodId = (typeof METHODS)[number]["id"];
export const METHOD_IDS: readonly MethodId[] = METHODS.map(({ id }) => id);

/** The method that all others are compared with, listed or not. */
export const BASELINE = none;

/** A method of a run, its options checked. */
export interface ConfiguredMethod {
  readonly id: string;
  readonly name: string;
  readonly about: MethodAbout;
  readonly role: MethodRole;
  readonly learns: boolean;
  readonly tunes: boolean;
  readonly answers: AnswerKind;
  calls(sizes: RunSizes): MethodCalls[];
  readonly implementation: Method | Oracle;
}

type AnyDescription = MethodDescription<string, z.ZodObject>;

const BY_ID: ReadonlyMap<string, AnyDescription> = new Map(
  METHODS.map((method) => [method.id, method as AnyDescription]),
);

/**
 * The method of a configuration entry, its options checked.
 * @throws UsageError for an unknown method or option, or a wrong value
 */
export function createMethod(config: MethodConfig, index: number): ConfiguredMethod {
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
  return configured(described, parsed.data, name);
}

function configured(
  described: AnyDescription,
  options: z.output<z.ZodObject>,
  name: string | undefined,
): ConfiguredMethod {
  const { id, title, summary, role, readsHistory, instead, colour, learns, answers } = described;
  return {
    id,
    name: name ?? title,
    about: {
      id,
      title,
      summary,
      role,
      readsHistory,
      ...(instead === undefined ? {} : { instead }),
      ...(colour === undefined ? {} : { colour }),
    },
    role,
    learns: typeof learns === "function" ? learns(options) : learns,
    tunes: described.tunes ?? false,
    answers: typeof answers === "function" ? answers(options) : answers,
    calls: (sizes) => described.calls(sizes, options),
    implementation: described.create(options),
  };
}
