import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy } from "../../src/numerics/npy.ts";
import { type JudgeScores, scoresFromNpz } from "../../src/studies/judge-comparison/scores.ts";
import { onScale } from "../../src/studies/judge-comparison/tenths.ts";
import { evenly } from "./antonym-scores.ts";

/** Real data, beside the repository. */
const REFERENCE = "../shared/reference-data";

/** The real judges' scores of real answers on the six antonym pairs, all on 1 to 10. */
export function realJudges(): JudgeScores[] {
  const folder = join(REFERENCE, "judge-scores");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".npz"))
    .sort()
    .map((name) => onScale(scoresFromNpz(readFileSync(join(folder, name)), name)));
}

/** Real assistants' first answers, UltraChat's, of the same kind as those that the real judges scored. */
export function realAnswers(): string[] {
  const lines = readFileSync(join(REFERENCE, "rewritten-users.jsonl"), "utf8").trim().split("\n");
  const users = lines.map(
    (line) => JSON.parse(line) as { conversations: { messages: { content: string }[] }[] },
  );
  const answers = users.map((user) => user.conversations.map(({ messages }) => messages[1]!.content));
  return evenly(answers.flat(), 160);
}

/** A real judge's ratings of 1,000 answers on 112 principles: the names, and each principle's column. */
export function realRatings(): { names: string[]; column: (principle: string) => Float64Array } {
  const listed = JSON.parse(readFileSync(join(REFERENCE, "candidate-attributes.json"), "utf8"));
  const names = listed.response as string[];
  const file = "response-ratings-glm-4.5-air-1000x112.npy";
  const { data, shape } = readNpy(readFileSync(join(REFERENCE, file)), file);
  const [rows, columns] = shape as [number, number];
  return {
    names,
    column: (principle) =>
      Float64Array.from({ length: rows }, (_, i) => Number(data[i * columns + names.indexOf(principle)])),
  };
}
