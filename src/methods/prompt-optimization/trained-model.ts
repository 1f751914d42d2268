import { canonicalJson, fingerprint } from "../../core/hash.ts";
import type { GenerateRequest, LanguageModel } from "../../core/ports/language-model.ts";
import type { TrainableModel, TrainerAnswer, TrainerQuestion } from "../../core/ports/trainer.ts";
import { fold, type Key } from "../../core/random.ts";
import type { ChangedSampling } from "../../neural/tunable.ts";
import { seedOf } from "../trained/job.ts";

/** Changes whenever the same request would be answered differently: part of every content key. */
const VERSION = 1;

/** How an adapted model answers. */
export interface Manner {
  readonly sampling: Readonly<Record<string, number>>;
  readonly maxTokens: number;
  readonly stop: readonly string[];
}

/** As the base LLM samples, but for what the method changes. */
export function mannerOf({ sampling, maxTokens, stop }: TrainableModel, changed: ChangedSampling): Manner {
  const { maxTokens: most = maxTokens, ...other } = changed;
  return { sampling: { ...sampling, ...other }, maxTokens: most, stop };
}

/**
 * A request as a question: its draw depends on the user's vector, the messages and the sample number alone, so that questions
 * can be written down before there is a model.
 * @param key of the method in a world
 */
export function questionOf(
  { messages, sample, maxTokens }: Pick<GenerateRequest, "messages" | "sample" | "maxTokens">,
  embedded: string,
  manner: Manner,
  key: Key,
): TrainerQuestion {
  let at = fold(fold(fold(key, "answer"), embedded), sample);
  for (const { role, content } of messages) at = fold(fold(at, role), content);
  const question = {
    messages: messages.map(({ role, content }) => ({ role, content })),
    embedded,
    seed: seedOf(at),
    sampling: manner.sampling,
    maxTokens: maxTokens ?? manner.maxTokens,
    ...(manner.stop.length === 0 ? {} : { stop: manner.stop }),
  };
  return { id: fingerprint(canonicalJson(question), 32), ...question };
}

/**
 * The adapted model behind one user's soft prompt, as a language model.
 * @param id as people read it: who answers, and for which model
 * @param adapter stands for its weights, and whose base it changes
 * @param ask gets one question answered
 */
export function trainedModel(
  id: string,
  adapter: string,
  embedded: string,
  manner: Manner,
  key: Key,
  ask: (question: TrainerQuestion) => Promise<TrainerAnswer>,
): LanguageModel {
  return {
    id,
    identity: `${id.split(":")[0]}@${VERSION} ${canonicalJson({ adapter, ...manner, key, embedded: fingerprint(embedded, 32) })}`,
    simulated: false,
    deterministic: manner.sampling.temperature === 0,
    maxTokens: manner.maxTokens,
    async generate(request) {
      const { text, finishReason, inputTokens, outputTokens } = await ask(
        questionOf(request, embedded, manner, key),
      );
      return { text, finishReason, usage: { inputTokens, outputTokens } };
    },
  };
}
