import { callKeys, findCall } from "../../core/call-key.ts";
import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { LanguageModel, ModelRole } from "../../core/ports/language-model.ts";
import type { Store } from "../../core/ports/store.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { adaptedModel } from "../../providers/decorators/adapted.ts";
import { fromStored } from "../../providers/decorators/cached.ts";
import { heldModel } from "../../providers/decorators/held.ts";

/** How many calls each role would have to pay for. */
export type NewCalls = Readonly<Record<ModelRole, number>>;

export interface StoredAnswers {
  /** The same run, its models answering from the store alone: nothing is asked, and nothing counts as used. */
  readonly setup: RunSetup;
  /** Different requests so far whose answers are not stored. */
  missing(): NewCalls;
}

/**
 * A run as far as its store goes: whatever is done with it tells how many calls doing it in earnest would be. In place of an
 * answer that is not stored stands a text that says so, which the judge is then asked about as it would be about any other.
 */
export function storedAnswers(run: Omit<RunSetup, "observe" | "sink">): StoredAnswers {
  const missing = {
    base: new Set<string>(),
    candidate: new Set<string>(),
    rewriter: new Set<string>(),
    judge: new Set<string>(),
  };
  const { models, config, store } = run;
  const offline = (role: ModelRole): LanguageModel =>
    storedModel(models[role], store, config.models[role], (key) => missing[role].add(key), role === "judge");
  const { repeated: _, ...rest } = run;
  return {
    setup: {
      ...rest,
      models: {
        base: offline("base"),
        candidate: offline("candidate"),
        rewriter: offline("rewriter"),
        judge: offline("judge"),
      },
      observe: () => {},
      sink: { user: () => {}, sample: () => {} },
    },
    missing: () => ({
      base: missing.base.size,
      candidate: missing.candidate.size,
      rewriter: missing.rewriter.size,
      judge: missing.judge.size,
    }),
  };
}

/** In place of a score that is not stored, whichever way it is read; nothing is made of it but the count of asks. */
const SCORE = { token: "5", logprob: 0, top: [{ token: "5", logprob: 0 }] };

function storedModel(
  model: LanguageModel,
  store: Store,
  { systemMessage }: Pick<ModelConfig, "systemMessage">,
  onMissing: (key: string) => void,
  isJudge: boolean,
): LanguageModel {
  const keyOf = callKeys(model.identity);
  const looked = wrapModel(model, async (request) => {
    const { key, stored } = findCall(store, keyOf, request);
    if (stored !== undefined) return fromStored(stored);
    const name = Buffer.from(key).toString("hex");
    onMissing(name);
    // A reply that can be read, so that a judge is not asked again, nor taken for one that answers nothing.
    const text = isJudge ? SCORE.token : `not written yet: ${name}`;
    return { text, finishReason: "stop", usage: { inputTokens: 0, outputTokens: 0 }, logprobs: [SCORE] };
  });
  // As in the chain of every call: what a server takes decides what a request's key is. Nothing is learned of it here.
  const untouched = { ...store, putArtifact: () => {} };
  return heldModel(model.simulated ? looked : adaptedModel(looked, untouched, systemMessage), untouched);
}
