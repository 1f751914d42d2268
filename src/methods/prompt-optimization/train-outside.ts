import { z } from "zod";
import type { TrainUser, UserText } from "../../core/artifacts.ts";
import { UsageError } from "../../core/errors.ts";
import { generateText } from "../../core/generate-text.ts";
import { fingerprint } from "../../core/hash.ts";
import type { TrainableModel, TrainerAnswer, TrainerJob, TrainerQuestion } from "../../core/ports/trainer.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import { embeddedHistories } from "../histories.ts";
import type { FittedMethod, MethodContext } from "../method.ts";
import { trainedFiles } from "../trained/files.ts";
import { isTrained, jobOf, trainedResult, trainerOf } from "../trained/job.ts";
import { modelAt } from "../trained/options.ts";
import { together } from "../trained/together.ts";
import { nothingToLearn } from "./nothing-to-learn.ts";
import { type PromptOptimizationOptions, samplingOf } from "./options.ts";
import { mannerOf, questionOf, trainedModel } from "./trained-model.ts";
import { encoded, softPromptRequest, textPairs } from "./trainer-request.ts";
import { askVllm, servedName, type VllmPlace } from "./vllm.ts";

const resultSchema = z.object({
  kind: z.literal("soft-prompt"),
  files: z.array(z.object({ name: z.string() })),
  keptEpoch: z.number(),
  pairs: z.object({ train: z.number(), validation: z.number() }),
});

const WHAT = "prompt optimization";
/** Of a base LLM that says nothing of itself. */
const UNKNOWN: Omit<TrainableModel, "model"> = { sampling: {}, maxTokens: 1024, stop: [] };

/**
 * Prompt optimization by a trainer outside of the process: it gets pairs of texts with embedded histories, and gives the
 * adapter's files, as the in-process training writes them, and answers of the adapted model.
 */
export async function trainOutside(
  options: PromptOptimizationOptions & { readonly trainer: string },
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  context: MethodContext,
): Promise<FittedMethod> {
  const { trainer: place, vllm } = options;
  const base = baseOf(options, context);
  const trainer = trainerOf(context, place);
  const histories = embeddedHistories(context);
  const pairs = {
    train: textPairs(train, await histories.train(train)),
    validation: textPairs(validation, await histories.validation(validation)),
  };
  const [first] = pairs.train;
  if (first === undefined) throw nothingToLearn();
  const manner = mannerOf(base, samplingOf(options));
  const model = {
    ...base.model,
    ...(base.fingerprint === undefined ? {} : { fingerprint: base.fingerprint }),
  };
  const vectorOf = async (user: UserText): Promise<string> => encoded(await histories.of(user));
  const questionsTo = (users: readonly UserText[]): Promise<TrainerQuestion[]> =>
    Promise.all(
      users.map(async (user) =>
        questionOf(
          { messages: plainMessages(user.prompt), sample: 0 },
          await vectorOf(user),
          manner,
          context.key,
        ),
      ),
    );
  const jobFor = async (users: readonly UserText[]): Promise<TrainerJob> => {
    // A folder is asked nothing later.
    const answers = trainer.answersLater || vllm !== undefined ? undefined : await questionsTo(users);
    return jobOf(softPromptRequest(options, model, pairs, context, answers));
  };

  const run = async (users: readonly UserText[]) => {
    const job = await jobFor(users);
    const {
      files: named,
      keptEpoch,
      pairs: used,
    } = await trainedResult(job, place, resultSchema, context, WHAT);
    const files = await trainedFiles(
      job,
      place,
      named.map(({ name }) => name),
      context,
    );
    context.note(`${WHAT}: the adapter of epoch ${keptEpoch} is used, trained on ${used.train} pairs`);
    context.keep(files);
    /** Where the adapter is answered for: where it was trained, or, when that is gone, laid down again. */
    const serving = once(async () => {
      if (!trainer.answersLater || (await trainer.has(job.key))) return job.key;
      const request = softPromptRequest(options, model, { train: [first], validation: [] }, context);
      const settings = { ...request.settings, epochs: 0, initial: true };
      const again = jobOf({ ...request, settings }, files);
      await trainer.train(again, () => {});
      return again.key;
    });
    const adapter = nameOf(files);
    const ask = together(async (questions) => trainer.answers(await serving(), questions));
    return { adapter, ask: vllm === undefined ? ask : await vllmAsk(vllm, adapter, files, context) };
  };
  let trained: ReturnType<typeof run> | undefined;
  const trainedFor = (users: readonly UserText[]): ReturnType<typeof run> => (trained ??= run(users));
  return {
    async expect(users) {
      await trainedFor(users);
    },
    async layDown(users) {
      const job = await jobFor(users);
      if (!isTrained(job, context)) await trainer.begin(job);
    },
    async answer(user) {
      const { adapter, ask } = await trainedFor([user]);
      const id =
        vllm === undefined
          ? `trainer:${options.model ?? context.base.id.replace(/^[^:]*:/, "")}`
          : `vllm:${servedName(adapter)}`;
      const adapted = trainedModel(id, adapter, await vectorOf(user), manner, context.key, ask);
      const guarded = context.trainers?.guard(adapted, vllm?.url ?? place) ?? adapted;
      return { text: await generateText(guarded, plainMessages(user.prompt)) };
    },
  };
}

async function vllmAsk(
  place: VllmPlace,
  adapter: string,
  files: ReadonlyMap<string, Uint8Array>,
  { trainers }: MethodContext,
): Promise<(question: TrainerQuestion) => Promise<TrainerAnswer>> {
  if (trainers === undefined) throw new UsageError("there is no way to a server here", { where: place.url });
  return askVllm(place, adapter, files, await trainers.promptRows(place.checkpoint), trainers.http);
}

/** The base LLM as the trainer finds it: as the option says, or where the run has it. @throws UsageError */
function baseOf({ model }: PromptOptimizationOptions, { trainers, base }: MethodContext): TrainableModel {
  const found = trainers?.base;
  if (model !== undefined) return { ...UNKNOWN, ...found, model: modelAt(model) };
  if (found !== undefined) return found;
  throw new UsageError("prompt optimization trains the base LLM, and where its weights are is not known", {
    where: base.id,
    remedy: 'name them: { "id": "prompt-optimization", "trainer": ..., "model": "OWNER/NAME" }',
  });
}

/** Stands for all numbers of an adapter. */
function nameOf(files: ReadonlyMap<string, Uint8Array>): string {
  const parts = [...files].map(([name, bytes]) => `${name} ${Buffer.from(bytes).toString("latin1")}`);
  return fingerprint(parts.sort().join("\n"), 32);
}

function once<T>(task: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= task());
}
