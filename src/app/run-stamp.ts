import { canonicalJson, fingerprint } from "../core/hash.ts";
import { promptFingerprints } from "../core/prompt/prompts.ts";
import { VERSION } from "../core/version.ts";
import { resultConfig } from "../pipeline/run.ts";
import type { ReadyRun } from "./compose.ts";

/** How many base conversations of each half stand for their source. */
const SEEN = 100;

/**
 * A fingerprint of all that decides a run's results: the version, the configuration, models by what they are, prompts, and
 * what its inputs hold. Equal stamps, equal bytes.
 */
export function runStamp({ config, providers, inputs }: ReadyRun): string {
  const { conversations, matrix, imported } = inputs;
  const seen = (half: "train" | "test"): unknown => {
    const source = conversations[half];
    return [source.size, Array.from({ length: Math.min(SEEN, source.size) }, (_, i) => source.at(i))];
  };
  return fingerprint(
    canonicalJson({
      version: VERSION,
      config: resultConfig(config),
      // A model's identity tells another checkpoint in the same folder.
      models: (["base", "candidate", "rewriter", "judge"] as const).map(
        (role) => providers.bare(config.models[role]).identity,
      ),
      prompts: promptFingerprints(),
      conversations: [seen("train"), seen("test")],
      matrix,
      imported,
    }),
  );
}
