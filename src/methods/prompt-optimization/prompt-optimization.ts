import { embeddedHistoryCalls } from "../histories.ts";
import { describeMethod } from "../method.ts";
import { promptOptimizationOptions } from "./options.ts";
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
  tunes: () => true,
  answers: "anew",
  options: promptOptimizationOptions,
  calls: (sizes) => [
    // The adapted model answers the plain prompt, in every world another.
    { role: "base", prompt: "plain", asks: sizes.test * sizes.worlds, calls: sizes.test * sizes.worlds },
    ...embeddedHistoryCalls(sizes, ["train", "validation", "test"]),
  ],
  create: (options) => ({
    kind: "method",
    async fit(train, validation, context) {
      const { trainSoftPrompts } = await import("./train.ts");
      return trainSoftPrompts(options, train, validation, context);
    },
  }),
});
