import madeUp from "../reference/made-up-studies.json" with { type: "json" };
import { npyBytes, npzBytes } from "./numpy-files.ts";
import { linesFile } from "./paper-users.ts";

/**
 * Made-up files of the forms that the studies read, and what NumPy and SciPy find in them
 * (test/reference/made_up_studies.py): judges' scores, ratings with their names, users.
 */
export const { judges, ratings, users } = madeUp;

/** The file of each judge: `scores` (pairs x 2 poles x conversations) and `pairs` (pairs x 2). */
export const judgeFiles: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  Object.entries(judges.scores).map(([judge, scores]) => [
    `${judge}.npz`,
    npzBytes({
      scores: npyBytes([scores.length, 2, scores[0]![0]!.length], scores.flat(2)),
      pairs: npyBytes([judges.pairs.length, 2], judges.pairs.flat()),
    }),
  ]),
);

/** The ratings, and the names of their columns beside those of another side. */
export const ratingFiles: Readonly<Record<string, Uint8Array | string>> = {
  "ratings.npy": npyBytes([ratings.values.length, ratings.names.length], ratings.values.flat()),
  "candidates.json": JSON.stringify({ response: ratings.names, user: ["calm", "anxious"] }),
};

export const userFiles: Readonly<Record<string, string>> = { "users.jsonl": linesFile(users.records) };
