import { callKeys } from "../../core/call-key.ts";
import type { ProviderError } from "../../core/errors.ts";
import type {
  GenerateRequest,
  GenerateResult,
  LanguageModel,
  ModelRole,
  TokenUsage,
} from "../../core/ports/language-model.ts";
import type { Store } from "../../core/ports/store.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import { adaptedModel, type SystemMessage } from "./adapted.ts";
import { believableUsage } from "./believable.ts";
import type { Budget } from "./budget.ts";
import { type Bill, budgeted, chatBill } from "./budgeted.ts";
import { cachedModel } from "./cached.ts";
import type { Call, OneOrMore } from "./call.ts";
import type { Detour } from "./detour.ts";
import { heldModel } from "./held.ts";
import { chatLoad, type Load, limited } from "./limited.ts";
import type { TrafficLimiter } from "./limiter.ts";
import { metered, type Price, type UsageCounter, type UsageMeter } from "./metered.ts";
import { patient, type RetryPolicy } from "./retrying.ts";

/** What stands between a run and a provider. */
export interface Guards {
  readonly store: Store;
  readonly meter: UsageMeter;
  readonly budget?: Budget | undefined;
  /** Shared by all roles that ask the same model on the same server. */
  readonly limiter?: TrafficLimiter | undefined;
  readonly retries?: RetryPolicy | undefined;
  readonly price?: Price | undefined;
  /** The model's own limit on output tokens, for a strict bound on a call's cost. */
  readonly maxTokens?: number | undefined;
  readonly systemMessage?: SystemMessage | undefined;
  /** Takes calls that are not stored, where their answers come in another way. */
  readonly detour?: Detour | undefined;
  /** Tells whoever watches; the same words are told once. */
  readonly notice?: ((words: string) => void) | undefined;
}

/** What the guards have to know of calls of one kind. */
export interface CallKind<Q, R> {
  readonly usage: (result: R) => TokenUsage;
  /** A result with a usage that can be. */
  readonly believed?: (result: R, request: Q) => R;
  readonly bill: Bill<Q, R>;
  readonly load: Load<Q, R>;
}

/**
 * The one chain that every call passes that leaves the process, from the inside: every attempt is metered; an attempt
 * reserves from the budget only once it may start; a wait between tries holds no place in the traffic. The store stands
 * outside of it, so that nothing stored costs anything.
 * @param asks one for each server that the limiter knows
 */
export function guardedCall<Q, R>(
  asks: OneOrMore<Call<Q, R>>,
  counter: UsageCounter,
  { usage, believed, bill, load }: CallKind<Q, R>,
  { budget, limiter, retries }: Pick<Guards, "budget" | "limiter" | "retries">,
): Call<Q, R> {
  const [first, ...others] = asks.map((ask) => {
    const counted = metered(ask, counter, usage, believed);
    return budget ? budgeted(counted, budget, bill) : counted;
  }) as unknown as OneOrMore<Call<Q, R>>;
  let call = first;
  if (limiter) call = limited([first, ...others], limiter, load);
  if (retries) call = patient(call, retries, limiter);
  return call;
}

/**
 * A model in a role, with all guards.
 * @param others the same model on its other servers, where it has several, in the order in which the limiter knows them
 */
export function guardedModel(
  provider: LanguageModel,
  role: ModelRole,
  guards: Guards,
  others: readonly LanguageModel[] = [],
): LanguageModel {
  const { store, meter, price, maxTokens, systemMessage, notice, detour } = guards;
  const counter = meter.counter(role, provider, price);
  const bill = { ...chatBill(price, maxTokens), isFree: provider.simulated };
  const believed = (result: GenerateResult, request: GenerateRequest): GenerateResult => {
    const usage = believableUsage(request, result, maxTokens);
    return usage === result.usage ? result : { ...result, usage };
  };
  const kind = {
    usage: usageOf,
    bill,
    load: chatLoad(),
    ...(provider.simulated ? {} : { believed }),
  };
  const asking =
    (model: LanguageModel): Call<GenerateRequest, GenerateResult> =>
    (request) =>
      model.generate(request);
  const ask = guardedCall([asking(provider), ...others.map(asking)], counter, kind, {
    ...guards,
    retries: guards.retries && { ...guards.retries, onRefusal: refusalNotice(provider.id, notice) },
  });
  const keyOf = callKeys(provider.identity);
  const way: typeof ask = (request) => {
    if (detour === undefined) return ask(request);
    return detour(
      { key: keyOf(request), role },
      () => ask(request),
      () => provider.generate(request),
    );
  };
  const { limiter } = guards;
  const limited = limiter === undefined ? provider : { ...provider, places: limiter.allowed };
  const cached = cachedModel(wrapModel(limited, way), store, counter.hit);
  const model = provider.simulated ? cached : adaptedModel(cached, store, systemMessage, notice);
  return heldModel(countingRepeats(model, counter), store, notice);
}

/** Stands outside of the store: what is asked again counts as such wherever its answer comes from. */
function countingRepeats(model: LanguageModel, counter: UsageCounter): LanguageModel {
  const repeated = async (request: GenerateRequest): Promise<GenerateResult> => {
    const result = await model.generate(request);
    counter.repeat();
    return result;
  };
  return wrapModel(model, (request) => (request.repeat ? repeated(request) : model.generate(request)));
}

/** Says once of each kind of refusal that there is one. */
function refusalNotice(id: string, notice: Guards["notice"]): (error: ProviderError) => void {
  const seen = new Set<number | undefined>();
  return ({ status, words }) => {
    if (seen.has(status)) return;
    seen.add(status);
    notice?.(`a request to ${id} has no answer, which counts as missing: ${words}`);
  };
}

const usageOf = ({ usage }: { readonly usage: TokenUsage }): TokenUsage => usage;
