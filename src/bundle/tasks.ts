import { type Candidate, type Split, styleLabels, type UserText } from "../core/artifacts.ts";
import { worldLabel } from "./answers-file.ts";

/** Version of the form of `tasks.jsonl`. */
const TASKS_SCHEMA = "apm-bench/tasks@1";

/** What stands at the head of a file of tasks. */
export interface TasksHead {
  readonly name: string;
  /** Of the frozen set. */
  readonly bundle?: string;
  /** Roles whose models were simulated. */
  readonly simulated: readonly string[];
  readonly worlds: number;
  readonly principles: readonly string[];
}

/** The first line: worlds and styles by their names, and how to answer. */
export function tasksHead({ principles, worlds, ...head }: TasksHead): string {
  return JSON.stringify({
    schema: TASKS_SCHEMA,
    ...head,
    worlds: Array.from({ length: worlds }, (_, i) => worldLabel(i)),
    styles: styleLabels(principles),
    answer:
      'one line for each test user and world: {"world", "user", "answer": "your text"}, or {"world", "user", "label": {"principle", "direction"}} for the set\'s own candidate in a style',
  });
}

/** What a method may see of a user: field by field, so that nothing is told that is not meant to be. */
export function taskLine(
  split: Split,
  { id, history, prompt }: UserText,
  candidates: readonly (Candidate | null)[],
  rewards: readonly (readonly (number | null)[])[],
): string {
  const seen = { split, user: id, history, prompt };
  if (split === "test") return JSON.stringify(seen);
  return JSON.stringify({
    ...seen,
    candidates: candidates.flatMap((candidate, i) =>
      candidate === null
        ? []
        : [
            {
              principle: candidate.principle,
              direction: candidate.direction,
              text: candidate.text,
              rewards: Object.fromEntries(rewards.map((own, w) => [worldLabel(w), own[i] ?? null])),
            },
          ],
    ),
  });
}
