import { availableParallelism } from "node:os";
import type { Config } from "../../core/config/resolved.ts";
import { MAKERS } from "../../pipeline/make-user.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { computedModel } from "../../providers/computed.ts";
import type { OpenModels } from "../open-models.ts";
import type { Providers } from "../providers.ts";
import type { Workplace } from "../workplace.ts";
import { openCrew } from "./crew.ts";
import { crewThreads } from "./threads.ts";

/** More threads than this bring little: one of them keeps what all of them make. */
const MOST_THREADS = 8;

/** What of an open run a crew works for. */
interface ManableRun extends Pick<OpenModels, "counter"> {
  readonly config: Config;
  readonly setup: Pick<RunSetup, "models" | "frozen" | "crew">;
}

/**
 * The same run with a crew, where its users are made by computed models and nothing has to be asked before each call: neither
 * a budget with an end, nor a collector that wants a span.
 */
export function withCrew<R extends ManableRun>(run: R, providers: Providers, place: Workplace): R {
  const { config, setup } = run;
  const { models, frozen } = setup;
  const { store, budget } = place;
  const { putPacked } = store;
  const threads = config.threads ?? Math.min(availableParallelism(), MOST_THREADS);
  const hasLimit = config.budget.calls !== undefined || config.budget.usd !== undefined;
  if (threads < 2 || hasLimit || providers.isTraced || putPacked === undefined) return run;
  if (frozen !== undefined || MAKERS.some((role) => computedModel(config.models[role]) === undefined))
    return run;
  const others = providers.shared(
    `crew ${threads}`,
    () => crewThreads(threads - 1),
    (all) => all.close(),
  );
  const crew = openCrew(others, {
    config,
    models,
    store: { ...store, putPacked },
    budget,
    counter: (role) => run.counter(role, models[role]),
    stop: providers.stop,
  });
  return { ...run, setup: { ...setup, crew } };
}
