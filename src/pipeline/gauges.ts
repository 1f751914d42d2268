import type { Config } from "../core/config/resolved.ts";
import { ApmError, ProviderError } from "../core/errors.ts";
import { type Gauge, refusal, type Shortfall, shortfallOf } from "../core/gauge.ts";
import type { GenerateResult, LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { wrapModel } from "../core/wrap-model.ts";

/** A role is judged by its first asks in a stage: this many, or all where there are fewer ... */
const FIRST = 20;
/** ... and given up when this many of them gave nothing. */
const TOO_MANY = 18;
/** Longest quotation of a model. */
const MOST_WORDS = 240;

/** The gauges of one stage, one a role. */
export interface StageGauges {
  of(role: ModelRole): Gauge;
  /** A role's model, its answers gauged. */
  model(role: ModelRole): LanguageModel;
  /** @throws ApmError when a role had fewer asks than decide, and none of them gave anything */
  end(): void;
}

/**
 * Watches the asks of a stage: when 18 of a role's first 20 gave nothing usable, or all of fewer, the stage is stopped
 * with the last reason, instead of paying for thousands more.
 * @param stage as people read it, such as "train users" or "world 3, routing"
 */
export function stageGauges({ models, config, weighed, ended }: GaugedStage, stage: string): StageGauges {
  const gauges = new Map<ModelRole, CountingGauge>();
  const of = (role: ModelRole): CountingGauge => {
    const gauge =
      gauges.get(role) ?? countingGauge(`${role} ${models[role].id}, ${stage}`, role, { weighed, ended });
    gauges.set(role, gauge);
    return gauge;
  };
  return {
    of,
    model: (role) => gaugedModel(models[role], of(role), config.models[role].maxTokens !== undefined),
    end() {
      for (const gauge of gauges.values()) gauge.end();
    },
  };
}

/** What is watched, and who is told of what. */
interface GaugedStage extends Tellers {
  readonly models: Readonly<Record<ModelRole, LanguageModel>>;
  readonly config: Pick<Config, "models">;
}
type Tellers = Pick<Gauge, "weighed" | "ended">;
type CountingGauge = Gauge & { end(): void };

function countingGauge(where: string, role: ModelRole, { weighed, ended }: Tellers): CountingGauge {
  let [asks, bad] = [0, 0];
  let last: Shortfall = { what: "gave nothing" };
  return {
    ...(weighed === undefined ? {} : { weighed }),
    ...(ended === undefined ? {} : { ended }),
    usable() {
      asks++;
    },
    nothing(shortfall) {
      asks++;
      last = shortfall;
      if (asks > FIRST) return;
      bad++;
      if (bad >= TOO_MANY) throw hopeless(where, role, bad, asks, last);
    },
    end() {
      if (asks > 0 && asks < FIRST && bad === asks) throw hopeless(where, role, bad, asks, last);
    },
  };
}

function hopeless(where: string, role: ModelRole, bad: number, asks: number, last: Shortfall): ApmError {
  const words = last.words?.replace(/\s+/g, " ").trim() ?? "";
  const quoted =
    words === "" ? "" : `: ${words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)} ...` : words}`;
  return new ApmError(
    `${bad} of the first ${asks} asks of the ${role} gave nothing usable; the last one ${last.what}${quoted}`,
    {
      where,
      remedy: `${last.remedy ?? "see what the model answers with `apm-bench doctor`"}; what was answered is stored, and the same command goes on`,
    },
  );
}

/**
 * A model that tells a gauge of each answer: empty, withheld and refused ones are nothing. An answer that the server cut
 * counts as nothing only where nobody asked for a cut: with a token limit in the configuration it is what was wanted.
 * @param limited whether the configuration sets the model's token limit
 */
export function gaugedModel(model: LanguageModel, gauge: Gauge, limited: boolean): LanguageModel {
  return wrapModel(model, async (request) => {
    let result: GenerateResult;
    try {
      result = await model.generate(request);
    } catch (error) {
      if (error instanceof ProviderError && error.failure === "request") gauge.nothing(refusal(error));
      throw error;
    }
    const shortfall = shortfallOf(result, limited || request.maxTokens !== undefined);
    if (shortfall === undefined) gauge.usable();
    else gauge.nothing(shortfall);
    return result;
  });
}
