import { UsageError } from "../../core/errors.ts";
import { embeddedHistoryCalls } from "../histories.ts";
import { describeMethod, type Method } from "../method.ts";
import { isFolder } from "../trained/options.ts";
import { trainerProbe } from "../trained/probe.ts";
import { OUTSIDE_ONLY, type PromptOptimizationOptions, promptOptimizationOptions } from "./options.ts";
import { TRAINING_VERSION } from "./version.ts";

/** Its training loads a tensor library, which nothing but a run that uses it has to wait for. */
export const promptOptimization = describeMethod({
  id: "prompt-optimization",
  title: "prompt optimization",
  summary: "a soft prompt made from the history, trained with LoRA on liked and disliked answers",
  version: String(TRAINING_VERSION),
  role: "method",
  readsHistory: true,
  colour: "#925700",
  learns: true,
  tunes: ({ trainer, model }) =>
    trainer === undefined ? "here" : model === undefined ? "outside" : undefined,
  answers: "anew",
  options: promptOptimizationOptions,
  calls: (sizes) => [
    // The adapted model answers the plain prompt, in every world another.
    { role: "base", prompt: "plain", asks: sizes.test * sizes.worlds, calls: sizes.test * sizes.worlds },
    ...embeddedHistoryCalls(sizes, ["train", "validation", "test"]),
  ],
  create: (options) => {
    const { trainer } = options;
    if (trainer !== undefined) return outside({ ...options, trainer });
    refuseWithoutTrainer(options);
    return {
      kind: "method",
      async fit(train, validation, context) {
        const { trainSoftPrompts } = await import("./train.ts");
        return trainSoftPrompts(options, train, validation, context);
      },
    };
  },
});

function outside(options: PromptOptimizationOptions & { readonly trainer: string }): Method {
  return {
    kind: "method",
    outside: trainerProbe(options.trainer),
    trainedBy: isFolder(options.trainer) ? "folder" : "server",
    async fit(train, validation, context) {
      const { trainOutside } = await import("./train-outside.ts");
      return trainOutside(options, train, validation, context);
    },
  };
}

/** @throws UsageError for what the training in the process does not have */
function refuseWithoutTrainer(options: PromptOptimizationOptions): void {
  const name = OUTSIDE_ONLY.find((key) => options[key] !== undefined);
  if (name === undefined) return;
  throw new UsageError(`method "prompt-optimization": ${name} is for a trainer, and none is named`, {
    where: `prompt-optimization: ${name}`,
    remedy: "add trainer: its address, or leave this out",
  });
}
