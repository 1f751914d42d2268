import type { ModelConfig } from "../core/config/model-schema.ts";
import type { Gauge, Shortfall } from "../core/gauge.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { gaugedModel, type StageGauges } from "./gauges.ts";

/** What a gauge was told, as plain data; `usable`: that often in a row. */
export type GaugeNote =
  | readonly [what: "usable", role: ModelRole, times: number]
  | readonly [what: "nothing", role: ModelRole, shortfall: Shortfall]
  | readonly [what: "weighed", role: ModelRole, mass: number, isPlain: boolean]
  | readonly [what: "ended", role: ModelRole, where: "mark" | "repetition"];

/**
 * Gauges that judge nothing and write down what they are told: for work in another thread, where nobody knows how the rest of
 * the stage goes.
 * @param roleOf model and settings of a role
 */
export function recordedGauges(
  roleOf: (role: ModelRole) => { readonly model: LanguageModel; readonly settings: ModelConfig },
): StageGauges & {
  /** All that was told since the last time. */
  take(): GaugeNote[];
} {
  let notes: GaugeNote[] = [];
  const of = (role: ModelRole): Gauge => ({
    usable() {
      const last = notes.at(-1);
      if (last?.[0] === "usable" && last[1] === role) notes[notes.length - 1] = ["usable", role, last[2] + 1];
      else notes.push(["usable", role, 1]);
    },
    nothing: (shortfall) => void notes.push(["nothing", role, shortfall]),
    weighed: (mass, isPlain) => void notes.push(["weighed", role, mass, isPlain]),
    ended: (where) => void notes.push(["ended", role, where]),
  });
  return {
    of,
    model(role) {
      const { model, settings } = roleOf(role);
      return gaugedModel(model, of(role), settings.maxTokens !== undefined);
    },
    end() {},
    take() {
      const taken = notes;
      notes = [];
      return taken;
    },
  };
}

/** Tells gauges what others have written down. @throws ApmError as `Gauge.nothing` */
export function retell(notes: readonly GaugeNote[], gauges: StageGauges): void {
  for (const note of notes) {
    const gauge = gauges.of(note[1]);
    switch (note[0]) {
      case "usable":
        for (let i = 0; i < note[2]; i++) gauge.usable();
        break;
      case "nothing":
        gauge.nothing(note[2]);
        break;
      case "weighed":
        gauge.weighed?.(note[2], note[3]);
        break;
      case "ended":
        gauge.ended?.(note[2]);
        break;
    }
  }
}
