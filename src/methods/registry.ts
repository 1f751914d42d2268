import { z } from "zod";
import { LABEL_STRATEGIES, type MethodId, type MethodRole } from "../core/config/ids.ts";
import type { MethodConfig } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import { external, externalOptions } from "./external.ts";
import { inContext } from "./in-context.ts";
import type { Method, Oracle } from "./method.ts";
import { none } from "./none.ts";
import { promptOptimizationOptions } from "./prompt-optimization/options.ts";
import { promptOptimization } from "./prompt-optimization/prompt-optimization.ts";
import { ragExemplar } from "./retrieval/rag-exemplar.ts";
import { ragSummary } from "./retrieval/rag-summary.ts";
import { majorityRouting, randomRouting, routingOracle } from "./routing/floors.ts";
import { routing } from "./routing/routing.ts";

interface Entry<Options extends z.ZodType> {
  /** Shown in tables. */
  readonly title: string;
  readonly summary: string;
  readonly role: MethodRole;
  /** Whether it learns from train users' rewards; without such a method no train user is made. */
  readonly learns: boolean | ((options: z.output<Options>) => boolean);
  /** Whether its answers repeat candidates' requests. */
  readonly styled: boolean;
  /** Whether it trains the base LLM, whose weights must then be at hand. */
  readonly tunes?: boolean;
  readonly options: Options;
  create(options: z.output<Options>): Method | Oracle;
}

const entry = <Options extends z.ZodType>(e: Entry<Options>): Entry<Options> => e;
const noOptions = z.strictObject({});
const neighbours = z.strictObject({ k: z.int().min(1).default(3) });

/** Every method: an id that is missing here does not compile. */
const METHODS = {
  none: entry({
    title: "none",
    summary: "the base LLM with no system prompt; the baseline",
    role: "baseline",
    learns: false,
    styled: false,
    options: noOptions,
    create: none,
  }),
  "routing-oracle": entry({
    title: "routing oracle",
    summary: "best style by the test user's own rewards; upper bound of routing",
    role: "oracle",
    learns: false,
    styled: true,
    options: noOptions,
    create: routingOracle,
  }),
  routing: entry({
    title: "routing",
    summary: "a text classifier picks one of 2K styles from the history",
    role: "method",
    learns: true,
    styled: true,
    options: z.strictObject({ labels: z.enum(LABEL_STRATEGIES).default("margin") }),
    create: routing,
  }),
  "rag-exemplar": entry({
    title: "RAG-Exemplar",
    summary: "liked and disliked answers of the nearest train users as examples",
    role: "method",
    learns: true,
    styled: false,
    options: neighbours,
    create: ragExemplar,
  }),
  "rag-summary": entry({
    title: "RAG-Summary",
    summary: "described preferences of the nearest train users",
    role: "method",
    learns: true,
    styled: false,
    options: neighbours,
    create: ragSummary,
  }),
  "prompt-optimization": entry({
    title: "prompt optimization",
    summary: "a soft prompt made from the history, trained with LoRA on liked and disliked answers",
    role: "method",
    learns: true,
    styled: false,
    tunes: true,
    options: promptOptimizationOptions,
    create: promptOptimization,
  }),
  "in-context": entry({
    title: "in-context history",
    summary: "the raw history in the prompt; nothing learned",
    role: "method",
    learns: false,
    styled: false,
    options: noOptions,
    create: inContext,
  }),
  "majority-routing": entry({
    title: "majority routing",
    summary: "the train users' most frequent style for everybody; sanity floor",
    role: "floor",
    learns: true,
    styled: true,
    options: noOptions,
    create: majorityRouting,
  }),
  "random-routing": entry({
    title: "random routing",
    summary: "a random style for each user; sanity floor",
    role: "floor",
    learns: false,
    styled: true,
    options: noOptions,
    create: randomRouting,
  }),
  external: entry({
    title: "external",
    summary: "your own system behind an HTTP address, as a black box",
    role: "method",
    learns: ({ fit }) => fit,
    styled: false,
    options: externalOptions,
    create: external,
  }),
} satisfies Record<MethodId, Entry<z.ZodType>>;

export interface ConfiguredMethod {
  readonly id: MethodId;
  readonly name: string;
  readonly role: MethodRole;
  readonly learns: boolean;
  readonly styled: boolean;
  readonly tunes: boolean;
  readonly implementation: Method | Oracle;
}

/**
 * The method of a configuration entry, its options checked.
 * @throws UsageError for an unknown option or a wrong value
 */
export function createMethod(config: MethodConfig, index: number): ConfiguredMethod {
  const { id, name, ...options } = config;
  const chosen = METHODS[id] as Entry<z.ZodType>;
  const parsed = chosen.options.safeParse(options);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((i) => `${i.path.join(".")} ${i.message}`.trim()).join("; ");
    throw new UsageError(`method "${id}": ${issues}`, {
      where: `methods[${index}]`,
      remedy: "see docs/methods.md for each method's options",
    });
  }
  return {
    id,
    name: name ?? chosen.title,
    role: chosen.role,
    learns: typeof chosen.learns === "function" ? chosen.learns(parsed.data) : chosen.learns,
    styled: chosen.styled,
    tunes: chosen.tunes ?? false,
    implementation: chosen.create(parsed.data),
  };
}
