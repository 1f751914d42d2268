import type { TableColumn } from "../parquet/table.ts";

/** One row a user. Lists are JSON. */
export const USERS: readonly TableColumn[] = [
  { name: "user", type: "text" },
  { name: "split", type: "text" },
  // Nobody's, in what participants get of hidden worlds.
  { name: "attributes", type: "text", nullable: true },
  { name: "history", type: "text" },
  { name: "prompt", type: "text" },
  // Of test users: the answer of the non-personalized base LLM.
  { name: "plain", type: "text", nullable: true },
];

/** The column of a candidate's score on a principle. */
export const ratingColumn = (principle: string): string => `rating: ${principle}`;

/** 2K rows a user, in the order of the style labels; with ratings a column a principle. */
export function candidateColumns(principles: readonly string[], rated: boolean): TableColumn[] {
  return [
    { name: "user", type: "text" },
    { name: "principle", type: "text" },
    { name: "direction", type: "text" },
    { name: "text", type: "text", nullable: true },
    ...(rated
      ? principles.map((p): TableColumn => ({ name: ratingColumn(p), type: "number", nullable: true }))
      : []),
  ];
}

/** One row a judged score of a method's answer to a test user in a world; one without score where nothing is weighed. */
export const ANSWERS: readonly TableColumn[] = [
  { name: "world", type: "number" },
  { name: "method", type: "text" },
  { name: "user", type: "text" },
  // `plain`, `candidate` (of the style in the next columns), `own` or `none`.
  { name: "kind", type: "text" },
  { name: "style_principle", type: "text", nullable: true },
  { name: "style_direction", type: "text", nullable: true },
  { name: "answer", type: "text", nullable: true },
  { name: "draw", type: "integer" },
  { name: "principle", type: "text", nullable: true },
  { name: "score", type: "number", nullable: true },
];

/** Of hidden worlds: what a train or validation user would give each candidate. */
export const REWARDS: readonly TableColumn[] = [
  { name: "world", type: "integer" },
  { name: "user", type: "text" },
  { name: "principle", type: "text" },
  { name: "direction", type: "text" },
  { name: "reward", type: "number", nullable: true },
];
