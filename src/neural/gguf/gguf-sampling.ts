import { numberAt } from "./gguf-config.ts";
import type { Metadata } from "./header.ts";

const KEYS: Readonly<Record<string, string>> = {
  temperature: "general.sampling.temp",
  top_k: "general.sampling.top_k",
  top_p: "general.sampling.top_p",
  min_p: "general.sampling.min_p",
};

/** How a GGUF file asks to be sampled, by the names of a `generation_config.json`. */
export function ggufSampling(metadata: Metadata): Record<string, number> {
  return Object.fromEntries(
    Object.entries(KEYS).flatMap(([name, key]) => {
      const value = numberAt(metadata, key);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
