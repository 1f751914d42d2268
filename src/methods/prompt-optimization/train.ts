import type { TrainUser } from "../../core/artifacts.ts";
import { UsageError } from "../../core/errors.ts";
import { generateText } from "../../core/generate-text.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import type { AdapterSpec } from "../../neural/training/adapter.ts";
import { adapterTensors } from "../../neural/training/adapter.ts";
import { adapterFiles } from "../../neural/training/adapter-files.ts";
import { mergeLora } from "../../neural/training/merge.ts";
import { softRows, unitLength } from "../../neural/training/soft-rows.ts";
import type { TrainingJob } from "../../neural/training/train.ts";
import { embeddedHistories } from "../histories.ts";
import type { FittedMethod, MethodContext } from "../method.ts";
import { encodePairs } from "./encode.ts";
import { storedAdapter } from "./fitting.ts";
import { nothingToLearn } from "./nothing-to-learn.ts";
import { lossOf, optimizerOf, type PromptOptimizationOptions, samplingOf } from "./options.ts";

/**
 * Prompt optimization (spec section 4.6): an embedded history becomes, through a projector, a soft prompt before the
 * prompt's embeddings. Projector and a LoRA adapter of the base LLM are trained together on each train user's best and
 * worst candidate, by DPO or SimPO; test users are answered by the adapted model behind their own soft prompt.
 */
export async function trainSoftPrompts(
  options: PromptOptimizationOptions,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  context: MethodContext,
): Promise<FittedMethod> {
  const { tunable, embedder } = context;
  if (tunable === undefined) {
    throw new UsageError("prompt optimization trains the base LLM, whose weights are not at hand", {
      where: context.base.id,
      remedy:
        "use a checkpoint folder as the base LLM, e.g. local:tiny, or a trainer (docs/train-on-a-gpu.md)",
    });
  }
  const { config } = tunable;
  const histories = embeddedHistories(context);
  const pairs = {
    train: encodePairs(train, await histories.train(train), tunable, options),
    validation: encodePairs(validation, await histories.validation(validation), tunable, options),
  };
  const [first] = pairs.train;
  if (first === undefined) throw nothingToLearn();
  const spec: AdapterSpec = {
    embeddingSize: first.embedded.length,
    projector: options.projector,
    softTokens: options.softTokens,
    rank: options.rank,
    alpha: options.alpha,
    targets: options.targets,
  };
  const { dropout, clipNorm, learningRate, batchSize, epochs, patience } = options;
  const { schedule, warmup, weightDecay, keep } = optimizerOf(options);
  const job: TrainingJob = {
    config,
    weights: tunable.weights(),
    spec,
    options: {
      loss: lossOf(options),
      dropout,
      weightDecay,
      clipNorm,
      learningRate,
      warmup,
      batchSize,
      epochs,
      patience,
      ...(schedule === "constant" ? { schedule } : {}),
      ...(keep === "last" ? { keep } : {}),
      ...(options.optimizer === "paper" ? { decay: "all" } : {}),
    },
    key: context.key,
    ...pairs,
  };
  const { adapter, name } = await storedAdapter(job, tunable, context);
  const { id, identity } = embedder;
  context.keep(
    adapterFiles(adapter, spec, config, {
      base: { name: tunable.name, fingerprint: tunable.fingerprint },
      embedder: { id, identity },
      dropout,
    }),
  );
  const tensors = adapterTensors(adapter, spec, config);
  const merged = mergeLora(job.weights, adapter, spec, config);
  const adapted = tunable.adapted(merged, name, samplingOf(options));
  return {
    async answer(user) {
      const rows = softRows(tensors, spec, unitLength(await histories.of(user)));
      return { text: await generateText(adapted.prompted(rows), plainMessages(user.prompt)) };
    },
  };
}
