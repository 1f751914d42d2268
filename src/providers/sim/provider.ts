import { UsageError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Provider } from "../provider.ts";
import { createSimEmbedder, SIM_EMBEDDERS, type SimEmbedderName } from "./embedder.ts";
import { SIM_JUDGES } from "./judges.ts";
import { createSimModel, SIM_MODELS } from "./model.ts";
import { traitNamed } from "./traits.ts";

/** The simulated models of each role: another name would stand in the record as if it meant something. */
const NAMES = {
  chat: Object.keys(SIM_MODELS),
  judge: Object.keys(SIM_JUDGES),
  embedder: Object.keys(SIM_EMBEDDERS),
} as const;

/** The embedded stand-in for every model of a run: docs/simulated-world.md. */
export const simProvider: Provider = {
  id: "sim",
  free: true,
  simulated: true,
  chat: createSimModel,
  computed: createSimModel,
  embedder: ({ model }) => createSimEmbedder(model as SimEmbedderName),
  check(role, { model }) {
    const known: readonly string[] = NAMES[role];
    if (known.includes(model)) return;
    throw new UsageError(
      `there is no simulated ${role === "embedder" ? "embedder" : "model"} "${model}" for this role${didYouMean(model, known)}`,
      { remedy: `write ${known.map((name) => `"${simProvider.id}:${name}"`).join(" or ")}` },
    );
  },
  checkTrait(name) {
    traitNamed(name);
  },
};
