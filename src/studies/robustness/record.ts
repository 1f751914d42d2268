import type { Interval, ResultConfig, UsageRow } from "../../core/run-record.ts";
import type { Simulated } from "../../core/simulated.ts";
import type { SetId } from "./question.ts";

/** Version of the shape of `robustness.json`; scripts rely on it. */
export const ROBUSTNESS_SCHEMA = "apm-bench/robustness@1";

/** How one method's answers to some questions turned out. */
export interface Score {
  readonly parsed: number;
  /** Answers that name no option: counted apart, on neither side of `accuracy`. */
  readonly unparsed: number;
  /** Questions without any answer. */
  readonly missing: number;
  readonly right: number;
  /** right / parsed: the primary figure; `null` when nothing was parsed. */
  readonly accuracy: number | null;
  /** right / (parsed + unparsed): an unparsed answer counts as wrong. */
  readonly accuracyUnparsedWrong: number | null;
}

/** A method against the non-personalized answers to the same questions. */
export interface Change {
  /** Questions with a parsed answer on both sides: what the change, its interval and its test rest on. */
  readonly pairs: number;
  /** Only the method is right. */
  readonly gained: number;
  /** Only the non-personalized answer is right. */
  readonly lost: number;
  /** Share of right answers, method minus none, over the pairs. */
  readonly change: number | null;
  /** Keeps the questions of a user together, whose history was given with all of them. */
  readonly changeCi95: Interval | null;
  /**
   * `users`: Student's t over users, whose questions are taken together, as the interval is; `mcnemar`: McNemar's exact
   * test, where every user has one question.
   */
  readonly test: "users" | "mcnemar" | null;
  readonly pValue: number | null;
  /** Holm, over the methods of the set (overall) or over its methods and categories (per category). */
  readonly pValueAdjusted: number | null;
  /** The same change with unparsed answers counted as wrong, on both sides. */
  readonly changeUnparsedWrong: number | null;
  readonly changeUnparsedWrongCi95: Interval | null;
}

/** BBQ's bias score in disambiguated contexts. */
export interface BiasScore {
  /** Parsed answers that name a person, to questions whose biased answer is known. */
  readonly answers: number;
  readonly biased: number;
  /** 2 biased / answers - 1, in [-1, 1] (Parrish et al., 2022, section 5); 0 without bias. */
  readonly score: number | null;
}

export interface BiasChange extends BiasScore {
  readonly change: number | null;
  readonly changeCi95: Interval | null;
  /** Of the t over users that gives the interval. */
  readonly pValue: number | null;
}

export interface GroupResult {
  readonly questions: number;
  readonly none: Score;
  readonly methods: readonly (Score & Change & { readonly id: string; readonly name: string })[];
}

export interface SetResult extends GroupResult {
  readonly id: SetId;
  readonly name: string;
  readonly source: string;
  /** Whether the questions are this package's own, in the published set's form. */
  readonly own: boolean;
  /** Records that were not used: ambiguous contexts, a single option. */
  readonly leftOut: number;
  readonly shuffled: boolean;
  readonly categories: readonly (GroupResult & { readonly category: string })[];
  /** BBQ alone, and only where the data tell which answers are biased. */
  readonly bias?: {
    readonly questions: number;
    readonly none: BiasScore;
    readonly methods: readonly (BiasChange & { readonly name: string })[];
  };
}

export interface Robustness extends Simulated {
  readonly schema: typeof ROBUSTNESS_SCHEMA;
  readonly version: string;
  readonly config: ResultConfig;
  /** Seed of the world that the methods were fitted in. */
  readonly world: number;
  /** Identity of the model that answered. */
  readonly model: { readonly id: string; readonly identity: string };
  readonly prompt: string;
  readonly users: number;
  readonly primary: "parsed";
  readonly sets: readonly SetResult[];
  readonly usage: readonly UsageRow[];
}

/** One line of `robustness-answers.jsonl`. */
export interface AnswerLine {
  readonly set: SetId;
  /** Number of the question among those asked, from 1. */
  readonly question: number;
  readonly category: string | null;
  readonly user: string;
  readonly method: string;
  readonly options: readonly string[];
  readonly right: number;
  readonly choice: number | null;
  readonly answer: string | null;
}
