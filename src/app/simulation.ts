import { DEFAULTS } from "../core/config/defaults.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { canonicalJson } from "../core/hash.ts";
import { promptOptimization } from "../methods/prompt-optimization/prompt-optimization.ts";
import { routing } from "../methods/routing/routing.ts";

type Methods = NonNullable<UserConfig["methods"]>;
type Method = Methods[number];

/** What `--model sim` makes of a preset that asks for servers. */
export interface SimulatedPreset {
  /** Over the preset. */
  readonly config: UserConfig;
  /** What is done otherwise, for people; none where nothing is. */
  readonly notes: readonly string[];
}

/** The simulated model that writes candidates where the base LLM does not: answers in a style are then written anew. */
export const OTHER_MODEL = "sim:other";

/**
 * A preset without servers: conversations are the package's own; a router that a trainer would fine-tune is the linear one;
 * methods that have the base LLM trained are left out.
 */
export function simulatedPreset(preset: UserConfig): SimulatedPreset {
  const { methods } = preset;
  const conversations = { source: DEFAULTS.conversations.source };
  if (methods === undefined) return { config: { conversations }, notes: [] };
  const kept = methods.filter((method) => !trainsBase(method));
  const simulated = kept.map(withoutTrainer);
  const [left, replaced] = [methods.filter(trainsBase), kept.filter(hasTrainer)];
  if (left.length + replaced.length === 0) return { config: { conversations }, notes: [] };
  return {
    config: { conversations, methods: simulated },
    notes: [
      ...(replaced.length > 0
        ? [`${replaced.map(nameOf).join(", ")}: the linear router, without a trainer`]
        : []),
      ...(left.length > 0 ? [`left out, as there is no model to train: ${left.map(nameOf).join(", ")}`] : []),
    ],
  };
}

/** Whether the candidate LLM is another than the base LLM by what is written. */
export function hasOwnCandidate({ models }: UserConfig): boolean {
  const { base, candidate } = models ?? {};
  return candidate !== undefined && canonicalJson(candidate) !== canonicalJson(base ?? null);
}

const nameOf = (method: Method): string => (typeof method === "string" ? method : (method.name ?? method.id));

/** Prompt optimization by a trainer changes the base LLM's weights, which a simulated model does not have. */
const trainsBase = (method: Method): boolean =>
  typeof method !== "string" && method.id === promptOptimization.id && method.trainer !== undefined;

const hasTrainer = (method: Method): boolean =>
  typeof method !== "string" && method.id === routing.id && typeof method.classifier === "object";

function withoutTrainer(method: Method): Method {
  if (typeof method === "string" || !hasTrainer(method)) return method;
  const { classifier: _, ...rest } = method;
  return Object.keys(rest).length === 1 ? rest.id : rest;
}
