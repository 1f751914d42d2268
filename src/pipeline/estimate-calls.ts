import { answerSettings } from "../core/config/answer-settings.ts";
import type { Config } from "../core/config/resolved.ts";
import { canonicalJson } from "../core/hash.ts";
import type { ModelRole } from "../core/ports/language-model.ts";
import type { PromptName } from "../core/prompt/prompts.ts";
import { createMethod } from "../methods/registry.ts";

/** How many calls of one kind a run will make. */
export interface CallCount {
  readonly role: ModelRole;
  readonly prompt: PromptName;
  readonly calls: number;
}

/**
 * Expected number of distinct values among `draws` even draws from `values` (the occupancy problem): equal requests are
 * paid once, and over many worlds a user's targets repeat.
 */
function distinct(draws: number, values: number): number {
  return values * (1 - (1 - 1 / values) ** draws);
}

/**
 * Counts the calls of a run from its configuration alone, stored calls not considered. Exact but for repeats between
 * worlds (in expectation) and for asks that fail and are repeated.
 * @param ownRatings how many of the test users bring candidates and their scores
 */
export function estimateCalls(config: Config, ownRatings = 0): CallCount[] {
  const methods = config.methods.map(createMethod);
  const k = config.pool.principles.length;
  const labels = 2 * k;
  const worlds = config.worlds.length;
  const weighed = worlds * config.targets;
  const test = config.users.test;
  const learns = methods.some((m) => m.learns);
  const oracle = methods.some((m) => m.implementation.kind === "oracle");
  const train = learns ? config.users.train : 0;
  const learners = learns ? config.users.train + config.users.validation : 0;
  const rated = learners + (oracle ? test - ownRatings : 0);
  const columns = config.judge.ratings === "all" ? k : distinct(weighed, k);
  const simulatedTest = config.users.testFile === undefined ? test : 0;

  const counts: CallCount[] = [
    { role: "rewriter", prompt: "rewrite", calls: (learners + simulatedTest) * (config.historyLength + 1) },
    { role: "candidate", prompt: "respond", calls: rated * labels },
    { role: "judge", prompt: "judge", calls: rated * labels * columns },
    { role: "base", prompt: "plain", calls: test },
    { role: "judge", prompt: "judge", calls: test * distinct(weighed, k) },
  ];
  const styled = methods.filter((m) => m.answers === "styled").length;
  // Answers of a chosen style are candidates that were made and rated already, where the run made them.
  const anew = oracle && sameModel(config) ? ownRatings : test;
  if (styled > 0 && anew > 0) {
    counts.push({ role: "base", prompt: "respond", calls: anew * distinct(worlds * styled, labels) });
    counts.push({ role: "judge", prompt: "judge", calls: anew * distinct(weighed * styled, labels * k) });
  }
  for (const { id, learns } of methods) {
    if (id === "external") {
      counts.push({
        role: "judge",
        prompt: "judge",
        calls: test * (learns ? weighed : distinct(weighed, k)),
      });
    }
    if (id === "in-context") {
      counts.push({ role: "base", prompt: "inContext", calls: test });
      counts.push({ role: "judge", prompt: "judge", calls: test * distinct(weighed, k) });
    }
    if (id === "rag-exemplar" || id === "rag-summary") {
      const prompt = id === "rag-exemplar" ? "ragExemplar" : "ragSummary";
      counts.push({ role: "base", prompt, calls: test * worlds });
      counts.push({ role: "judge", prompt: "judge", calls: test * weighed });
    }
    if (id === "prompt-optimization") {
      // The adapted model answers the plain prompt, in every world another.
      counts.push({ role: "base", prompt: "plain", calls: test * worlds });
      counts.push({ role: "judge", prompt: "judge", calls: test * weighed });
    }
    if (id === "rag-summary") {
      // A user's best and worst candidates repeat when the targets do.
      const preferences = distinct(worlds, labels ** config.activeAttributes);
      // Without a history all are described by the same request.
      counts.push({
        role: "base",
        prompt: "summariseManner",
        calls: config.historyLength === 0 ? 1 : train + test,
      });
      counts.push({ role: "base", prompt: "summarisePreference", calls: train * preferences });
    }
  }
  return counts;
}

/** Whether routing's answers are candidates that exist already. */
function sameModel({ models: { base, candidate } }: Config): boolean {
  return canonicalJson(answerSettings(base)) === canonicalJson(answerSettings(candidate));
}
