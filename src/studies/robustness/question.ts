/** The question sets of the study (spec section 6). */
export const SET_IDS = ["mmlu-pro", "truthfulqa", "bbq"] as const;
export type SetId = (typeof SET_IDS)[number];

export const SET_NAMES: Readonly<Record<SetId, string>> = {
  "mmlu-pro": "MMLU-Pro",
  truthfulqa: "TruthfulQA (MC1)",
  bbq: "BBQ (disambiguated)",
};

/** Where the published sets lie on the hub: what comes from elsewhere is not called by their names. */
const PUBLISHED: Readonly<Record<SetId, readonly string[]>> = {
  "mmlu-pro": ["TIGER-Lab/MMLU-Pro"],
  truthfulqa: ["truthfulqa/truthful_qa", "EleutherAI/truthful_qa_mc"],
  bbq: ["Elfsong/BBQ", "heegyu/bbq"],
};

/** The questions of this package, in the form of a published set. */
export const OWN = "builtin";

/** What a set's questions are called: as published only where they come from there, else after their source. */
export function setTitle({ id, source }: Pick<QuestionSet, "id" | "source">): string {
  if (source === OWN) return `own, like ${SET_NAMES[id]}`;
  const dataset = /^hf:([^@:]+)/.exec(source)?.[1];
  if (dataset === undefined)
    return source
      .split(",")
      .map((file) => file.trim().replace(/^.*[\\/]/, ""))
      .join(", ");
  const isPublished = PUBLISHED[id].some((name) => name.toLowerCase() === dataset.toLowerCase());
  return isPublished ? SET_NAMES[id] : dataset;
}

/** Letters run from A to Z. */
export const MOST_OPTIONS = 26;

/** A multiple-choice question with exactly one right option. */
export interface Question {
  /** `null` where the set has no categories. */
  readonly category: string | null;
  /** What must be read before it can be answered. */
  readonly passage: string | null;
  readonly question: string;
  readonly options: readonly string[];
  /** Index of the right option. */
  readonly right: number;
  /** BBQ, where the data tell it. */
  readonly bias?: QuestionBias;
}

/** Which answers would count as biased, as indexes of options. */
export interface QuestionBias {
  /** The answer that agrees with the stereotype: its target in a negative question, the other person in a non-negative one. */
  readonly biased: number;
  /** The answer that commits to nobody. */
  readonly unknown: number;
}

/** Why a record is no question of the study: BBQ's ambiguous contexts; a few records of MMLU-Pro have one option. */
export type LeftOut = "ambiguous context" | "a single option";

/** A set that was read and checked. */
export interface QuestionSet {
  readonly id: SetId;
  /** Where it came from, as the user wrote it; `builtin` for the questions of this package. */
  readonly source: string;
  readonly questions: readonly Question[];
  /** Records that the study does not use. */
  readonly leftOut: number;
  /** How many of them for which reason. */
  readonly reasons: Readonly<Partial<Record<LeftOut, number>>>;
}
