/** The library's public face: docs/library.md. */
export type {
  OwnEmbeddingModel,
  OwnLanguageModel,
  WrittenConfig,
  WrittenMethod,
} from "./app/config-objects.ts";
export { type FinishedRun, type RunOptions, readRun, run } from "./app/library.ts";
export type {
  Candidate,
  OracleUser,
  RewardedCandidate,
  StyleLabel,
  TestUser,
  TrainUser,
} from "./core/artifacts.ts";
export type { Config } from "./core/config/resolved.ts";
export type { UserConfig } from "./core/config/schema.ts";
export { ApmError, ProviderError, StoppedError, UsageError } from "./core/errors.ts";
export type { RunEvent } from "./core/events.ts";
export type { EmbeddingModel } from "./core/ports/embedding-model.ts";
export type { GenerateRequest, GenerateResult, LanguageModel } from "./core/ports/language-model.ts";
export { styledMessages } from "./core/prompt/prompts.ts";
export { fold, type Key, rngOf, rootKey } from "./core/random.ts";
export type {
  MethodResult,
  MethodSummary,
  Results,
  Sample,
  UsageRow,
  UserRecord,
} from "./core/run-record.ts";
export type { MethodCalls, RunSizes } from "./methods/calls.ts";
export type { Answer, FittedMethod, MethodContext } from "./methods/method.ts";
export { type AnsweringMethod, defineMethod, type LearningMethod, type OwnMethod } from "./methods/own.ts";
export { holm } from "./statistics/correction.ts";
export { type CrossedCells, type Inference, infer, type Linearised } from "./statistics/crossed.ts";
export { pairedDifferences } from "./statistics/differences.ts";
export {
  differenceOf,
  logWinLossRatio,
  meanOfCells,
  meanOverWorlds,
  ratioOf,
  ratioOfSums,
} from "./statistics/linearised.ts";
export { minimalDetectableEffect, usersNeeded, worldsNeeded } from "./statistics/power.ts";
export { type VarianceComponents, varianceComponents } from "./statistics/variance-components.ts";
export { verdictOf } from "./statistics/verdict.ts";
export { winLossInterval } from "./statistics/win-loss.ts";
export {
  type ComparableRun,
  compareRuns,
  type MethodChange,
  type RunComparison,
} from "./studies/compare-runs.ts";

import type { WrittenConfig } from "./app/config-objects.ts";

/** Gives a configuration its type; returns it unchanged. */
export function defineConfig(config: WrittenConfig): WrittenConfig {
  return config;
}
