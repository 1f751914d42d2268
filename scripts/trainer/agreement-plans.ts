import { resolve } from "node:path";
import type { PreferenceLoss } from "../../src/neural/jax/preference.ts";
import { createLocalProvider } from "../../src/providers/local/provider.ts";
import { weightsOf } from "../real/places.ts";
import type { AgreementPlan } from "./agreement.ts";

export const LOSSES = {
  dpo: { kind: "dpo", beta: 0.1 },
  simpo: { kind: "simpo", beta: 2, gamma: 1 },
} as const satisfies Record<string, PreferenceLoss>;

/** What each model can do in process in two minutes: the real one takes some 5 s of a core for each step of a pair. */
const SIZES = {
  tiny: {
    path: resolve(import.meta.dirname, "../../models/tiny"),
    targets: ["q", "k", "v", "o", "gate", "up", "down"],
    pairs: { train: 48, validation: 100 },
    limits: { maxPromptTokens: 40, maxAnswerTokens: 40 },
    ...{ batchSize: 8, epochs: 2, learningRate: 0.004 },
  },
  smollm2: {
    path: weightsOf("smollm2"),
    targets: ["q", "v"],
    pairs: { train: 6, validation: 8 },
    limits: { maxPromptTokens: 40, maxAnswerTokens: 16 },
    ...{ batchSize: 1, epochs: 1, learningRate: 0.002 },
  },
} as const;

/** @param folder an empty one; @param python interpreter of the trainer's environment */
export async function planOf(
  model: keyof typeof SIZES,
  loss: PreferenceLoss,
  folder: string,
  python: string,
): Promise<AgreementPlan> {
  const size = SIZES[model];
  const provider = createLocalProvider(process.cwd());
  const settings = { model: size.path, temperature: 0, options: { threads: 0 } };
  await provider.prepare(settings);
  const tunable = provider.tunable(settings, (it) => it, new AbortController().signal);
  return { ...size, tunable, loss, folder, python };
}
