import { userProfile } from "../catalog/users.ts";
import { importedProfile } from "../conversations/imported.ts";
import type { Split, Target, UserProfile } from "../core/artifacts.ts";
import { answersCandidates } from "../core/config/answer-settings.ts";
import { canonicalJson } from "../core/hash.ts";
import type { ModelRole } from "../core/ports/language-model.ts";
import type { PromptName } from "../core/prompt/prompts.ts";
import { judgePrompt } from "../judge/judge.ts";
import { type MethodCalls, STYLED_TEST_USERS } from "../methods/calls.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import { sumOf } from "../statistics/descriptive.ts";
import { targetsOf } from "../world/targets.ts";
import { hasOwnRatings } from "./imported-users.ts";
import { userKey } from "./make-user.ts";
import type { RunSetup } from "./run-setup.ts";
import { neededUsers, ratedPrinciples, worldsOf } from "./users.ts";

/** How often a run asks one thing. */
export interface CallCount {
  readonly role: ModelRole | "embedder" | "external";
  readonly prompt?: PromptName;
  /** Of the judge: what is judged. */
  readonly judged?: "candidates" | "answers";
  /** Tokens of a request, where a method bounds them. */
  readonly inputTokens?: number;
  /** In all, stored answers included: calls + cache hits - repeats of the run's usage. */
  readonly asks: number;
  /** What must be paid for. */
  readonly calls: number;
  /** Set of what is asked before any world is known: each user on its own. */
  readonly ofUsers?: true;
}

/**
 * Expected number of distinct values among `draws` even draws from `values` (the occupancy problem): equal requests are
 * paid once.
 */
function distinct(draws: number, values: number): number {
  return values * (1 - (1 - 1 / values) ** draws);
}

/**
 * Counts what a run asks, from its configuration and inputs alone: worlds and users' hidden sides are known before
 * anything is asked. Asks are exact. Calls leave out what is asked twice; they are exact where that is certain, and
 * expected where a method's choice of style decides it. Stored calls of earlier runs are not considered; of a frozen set
 * everything is that it has for certain, so that both are the most that can come.
 * @param isRedrawn whether the oracle's answers are scored by a second draw of the judge
 */
export function estimateCalls(
  run: Pick<RunSetup, "config" | "matrix" | "imported" | "frozen">,
  methods: readonly ConfiguredMethod[],
  isRedrawn: boolean,
): CallCount[] {
  const { config, imported, frozen } = run;
  const { users, targets: n, historyLength, pool } = config;
  const labels = 2 * pool.principles.length;
  const worlds = worldsOf(run);
  const { learners, ratedTest } = neededUsers(methods);
  const profiles = (split: Split, count: number): UserProfile[] =>
    frozen?.users[split].slice(0, count).map(({ profile }) => profile) ??
    Array.from({ length: count }, (_, index) =>
      userProfile({ ...config, drawn: users.attributes, split, index, key: userKey(config) }),
    );
  const train = learners ? profiles("train", users.train) : [];
  const validation = learners ? profiles("validation", users.validation) : [];
  const test =
    imported?.map((user) => importedProfile(user, pool, historyLength, users.testFile ?? "test users")) ??
    profiles("test", users.test);
  const isRated = (_: UserProfile, i: number): boolean =>
    imported === undefined || !hasOwnRatings(imported[i]!, pool);
  const isMade = frozen === undefined;
  const ratedUsers = [
    ...(isMade ? [...train, ...validation] : []),
    ...(ratedTest && !frozen?.ratedTest ? test.filter(isRated) : []),
  ];
  const columns = ratedPrinciples(run, worlds);
  const wants = (user: UserProfile): Target[][] =>
    worlds.map(({ matrix }) => targetsOf(matrix, user.attributes, n));
  const wanted = test.map(wants);
  /** Scores that one answer a user and world needs, and those among them that differ if it is always the same answer. */
  const scores = {
    anew: sumOf(wanted, (own) => own.flat().length),
    same: sumOf(wanted, (own) => new Set(own.flat().map((t) => t.principle)).size),
    /** One answer for every different set of targets. */
    views: sumOf(wanted, (own) =>
      sumOf(new Map(own.map((t) => [canonicalJson(t), t])).values(), (t) => t.length),
    ),
  };
  const ratings = labels * sumOf(ratedUsers, (user) => columns(user).length);
  const rewritten = isMade ? train.length + validation.length + (imported ? 0 : test.length) : 0;
  const rewrites = rewritten * (historyLength + 1);
  const candidates = ratedUsers.length * labels;
  const compared = methods.filter(({ role }) => role !== "baseline");
  const having = (kind: ConfiguredMethod["answers"]): number =>
    compared.filter(({ answers }) => answers === kind).length;
  const styled = having("styled");
  // Answers of a chosen style are candidates that exist already, where the run made them.
  const areMade = ratedTest && answersCandidates(config.models);
  const anew = areMade ? test.length - test.filter(isRated).length : test.length;
  const { plain = false, styled: styles = false, scores: scored = false } = frozen?.known ?? {};
  const sizes = {
    styles: labels,
    unrated: styles ? 0 : anew,
    train: train.length,
    validation: validation.length,
    test: test.length,
    worlds: worlds.length,
    historyLength,
    trainViews: sumOf(train, (user) => new Set(wants(user).map(canonicalJson)).size),
  };
  const judged = (asks: number, calls: number): CallCount => ({
    role: "judge",
    prompt: judgePrompt(config.judge),
    judged: "answers",
    asks,
    calls,
  });
  // What a frozen set knows of the worlds that it has.
  const isOld =
    frozen !== undefined && worlds.every(({ seed }) => frozen.worlds.some((w) => w.seed === seed));
  const unscored = (isKnown: boolean, asks: number, calls: number): CallCount =>
    isKnown && scored && isOld ? judged(0, 0) : judged(asks, calls);
  const targets = test.length === 0 ? 0 : scores.anew / test.length;
  // A second draw knows nothing of the scores that were made before.
  const drawn = isRedrawn ? compared.filter(({ role }) => role === "oracle").length : 0;
  const scoredAsMade = styled + having("ranked") - drawn;
  const styledAnswers: MethodCalls = {
    role: "base",
    prompt: "respond",
    asks: styled * test.length * worlds.length,
    calls: sizes.unrated * distinct(styled * worlds.length, labels),
    sameAs: STYLED_TEST_USERS,
  };
  return [
    { role: "rewriter", prompt: "rewrite", asks: rewrites, calls: rewrites, ofUsers: true },
    { role: "candidate", prompt: "respond", asks: candidates, calls: candidates, ofUsers: true },
    { ...judged(ratings, ratings), judged: "candidates", ofUsers: true },
    { role: "base", prompt: "plain", asks: test.length, calls: plain ? 0 : test.length, ofUsers: true },
    unscored(plain, scores.anew, scores.same),
    unscored(
      styles,
      scoredAsMade * scores.anew,
      anew * distinct(scoredAsMade * targets, (labels * labels) / 2),
    ),
    unscored(styles, drawn * scores.anew, drawn > 0 ? scores.views : 0),
    // Who asks for all styles has paid for the chosen ones, too.
    ...withoutRepeats([...compared.flatMap((method) => method.calls(sizes)), styledAnswers]),
    ...compared
      .filter(({ answers }) => answers !== "styled" && answers !== "ranked")
      .map(({ answers }) => judged(scores.anew, answers === "anew" ? scores.anew : scores.same)),
  ];
}

/** What several methods compute together is asked once; what they ask alike is paid once. */
function withoutRepeats(calls: readonly MethodCalls[]): CallCount[] {
  const [asked, paid] = [new Set<string>(), new Set<string>()];
  return calls.flatMap(({ memo, sameAs, ...count }) => {
    const once = canonicalJson([memo, sameAs, count.role, count.prompt]);
    if (memo !== undefined && asked.has(once)) return [];
    asked.add(once);
    const request = `${count.role} ${sameAs}`;
    const isPaid = sameAs !== undefined && paid.has(request);
    paid.add(request);
    return [isPaid ? { ...count, calls: 0 } : count];
  });
}
