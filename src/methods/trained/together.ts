import type { TrainerAnswer, TrainerQuestion } from "../../core/ports/trainer.ts";

/** So long the first question waits for others. */
const WAIT_MS = 5;

/** Asks questions that come at about the same time in one call: whoever answers does so in batches. */
export function together(
  ask: (questions: readonly TrainerQuestion[]) => Promise<readonly TrainerAnswer[]>,
): (question: TrainerQuestion) => Promise<TrainerAnswer> {
  let waiting: {
    readonly question: TrainerQuestion;
    resolve(answer: TrainerAnswer): void;
    reject(error: unknown): void;
  }[] = [];
  const send = (): void => {
    const now = waiting;
    waiting = [];
    ask(now.map(({ question }) => question)).then(
      (answers) => {
        for (const [i, { resolve }] of now.entries()) resolve(answers[i] as TrainerAnswer);
      },
      (error: unknown) => {
        for (const { reject } of now) reject(error);
      },
    );
  };
  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setTimeout(send, WAIT_MS);
      waiting.push({ question, resolve, reject });
    });
}
