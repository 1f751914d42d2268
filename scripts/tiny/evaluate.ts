/**
 * Measures the tiny checkpoint on the half of the catalog's topics that it was not trained on, and writes
 * models/tiny/evaluation.json:
 *
 *   node scripts/tiny/evaluate.ts [--prompts 24] [--documents 600]
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fold } from "../../src/core/random.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { FOLDER } from "./format.ts";
import { answerLoss, contrasts, subjectsNamed } from "./measures.ts";
import { peopleOf } from "./people.ts";
import { ROOT, recipeOf, SHORT_FIRST, TEACHER } from "./recipe.ts";
import { speakerOf, studentOf } from "./speaker.ts";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "24" },
    documents: { type: "string", default: "600" },
    model: { type: "string", default: FOLDER },
    out: { type: "string", default: FOLDER },
  },
});
const key = fold(ROOT, "evaluation");
const student = studentOf(values.model, availableParallelism());
const teacher = speakerOf(createSimModel({ options: TEACHER }));
const judge = createSimModel();
const people = peopleOf("test", createSimModel(), key, 0);
const prompts: string[] = [];
for (let i = 0; i < Number(values.prompts); i++) {
  const [prompt] = await people.prompts(fold(fold(key, "user"), i), 1);
  prompts.push(prompt as string);
}
const recipe = recipeOf("test", fold(key, "documents"));
const started = performance.now();
const evaluation = {
  prompts: prompts.length,
  perplexity: await answerLoss(student, (i) => recipe(SHORT_FIRST + i), Number(values.documents)),
  subjectsNamed: {
    student: await subjectsNamed(student, prompts),
    teacher: await subjectsNamed(teacher, prompts),
  },
  ...(await contrasts(student, teacher, judge, prompts, fold(key, "bootstrap"))),
  answers: student.tally(),
  seconds: Math.round((performance.now() - started) / 1000),
};
await student.close();
writeFileSync(join(values.out, "evaluation.json"), `${JSON.stringify(evaluation, null, 2)}\n`);
console.log(JSON.stringify(evaluation, null, 1));
