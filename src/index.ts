/** The library's public face. */
export type {
  OwnEmbeddingModel,
  OwnLanguageModel,
  WrittenConfig,
  WrittenMethod,
} from "./app/config-objects.ts";
export type { Config } from "./core/config/resolved.ts";
export type { UserConfig } from "./core/config/schema.ts";
export type { EmbeddingModel } from "./core/ports/embedding-model.ts";
export type { GenerateRequest, GenerateResult, LanguageModel } from "./core/ports/language-model.ts";
export { styledMessages } from "./core/prompt/prompts.ts";
export type { Results, Sample, UserRecord } from "./core/run-record.ts";
export { defineMethod, type OwnMethod } from "./methods/own.ts";

import type { WrittenConfig } from "./app/config-objects.ts";

/** Gives a configuration its type; returns it unchanged. */
export function defineConfig(config: WrittenConfig): WrittenConfig {
  return config;
}
