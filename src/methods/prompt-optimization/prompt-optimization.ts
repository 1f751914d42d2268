import { describeMethod } from "../method.ts";
import { embedRequests } from "../retrieval/neighbours.ts";
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
  tunes: true,
  answers: "anew",
  options: promptOptimizationOptions,
  calls: ({ train, validation, test, worlds }) => [
    // The adapted model answers the plain prompt, in every world another.
    { role: "base", prompt: "plain", asks: test * worlds, calls: test * worlds },
    ...[
      { texts: "train", requests: embedRequests(train) },
      { texts: "validation", requests: embedRequests(validation) },
    ].map(({ texts, requests }) => ({
      role: "embedder" as const,
      asks: requests,
      calls: requests,
      sameAs: `histories of ${texts} users`,
      memo: `prompt-optimization/${texts}`,
    })),
    { role: "embedder", asks: test * worlds, calls: test, sameAs: "histories of test users" },
  ],
  create: (options) => ({
    kind: "method",
    async fit(train, validation, context) {
      const { trainSoftPrompts } = await import("./train.ts");
      return trainSoftPrompts(options, train, validation, context);
    },
  }),
});
