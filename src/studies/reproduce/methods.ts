import { LABEL_STRATEGIES } from "../../core/config/ids.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { none } from "../../methods/none.ts";
import { promptOptimization } from "../../methods/prompt-optimization/prompt-optimization.ts";
import { routingOracle } from "../../methods/routing/oracle.ts";
import { routing } from "../../methods/routing/routing.ts";
import type { CellMethods } from "./grid.ts";

type Methods = NonNullable<UserConfig["methods"]>;
export type MethodObject = Exclude<Methods[number], string>;

/** The methods of a cell, or why it has none. */
export type ChosenMethods = { readonly methods: Methods } | { readonly leftOut: string };

/**
 * @param own what preset, file and flags name; a method's options are taken from there
 * @param trainable prompt optimization as the preset has it, for where `own` has none and a base LLM in the process can be
 *   trained; else empty
 */
export function methodsOf(
  kind: CellMethods,
  own: Methods,
  trainable: readonly MethodObject[],
): ChosenMethods {
  const entryOf = (id: string): MethodObject | undefined => {
    const found = own.find((method) => (typeof method === "string" ? method : method.id) === id);
    return typeof found === "string" ? { id } : found;
  };
  const beside = [none.id, routingOracle.id].filter((id) => id === none.id || entryOf(id) !== undefined);
  if (kind === "all") return { methods: [...own] };
  if (kind === "labels") {
    const router = entryOf(routing.id);
    if (router === undefined) return { leftOut: "routing is not among the methods" };
    const variants = LABEL_STRATEGIES.map((labels) => ({ ...router, labels, name: `routing, ${labels}` }));
    return { methods: [...beside, ...variants] };
  }
  if (kind === "style-tuned") return { leftOut: "no trainer changes the embedder, too" };
  const mine = promptOptimizations(own);
  const softs = mine.length > 0 ? mine : trainable;
  const soft = softs.find(({ loss }) => loss === kind) ?? softs[0];
  if (soft === undefined) return { leftOut: "needs a trainer, or a base LLM in the process" };
  return { methods: [...beside, kind === "style" ? soft : { ...soft, loss: kind }] };
}

/** The entries of prompt optimization, in the long form. */
export function promptOptimizations(methods: Methods): MethodObject[] {
  return methods
    .map((method) => (typeof method === "string" ? { id: method } : method))
    .filter(({ id }) => id === promptOptimization.id);
}

/** As it trains in the process: nothing of it asks a trainer. */
export function trainedHere({ trainer: _, ...options }: MethodObject): MethodObject {
  return options as MethodObject;
}
