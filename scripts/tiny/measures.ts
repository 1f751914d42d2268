import type { ChatMessage, LanguageModel } from "../../src/core/ports/language-model.ts";
import {
  fenceOf,
  plainMessages,
  styledMessages,
  prompts as templates,
} from "../../src/core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../../src/core/prompt/template.ts";
import { fold, type Key } from "../../src/core/random.ts";
import { createJudge } from "../../src/judge/judge.ts";
import { readPrompt } from "../../src/providers/sim/writing/reading.ts";
import { clusterMeanIntervals } from "../../src/statistics/cluster-means.ts";
import { instructionOf, LABELS } from "./format.ts";
import type { Recipe } from "./recipe.ts";
import type { Speaker, Student } from "./speaker.ts";

const RESAMPLES = 2000;
const rounded = (x: number): number => Number(x.toFixed(3));
const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** How well held-out answers are foreseen, by kind of document. */
export async function answerLoss(student: Student, recipe: Recipe, documents: number) {
  const kinds = new Map<string, { loss: number; tokens: number; characters: number; documents: number }>();
  for (let i = 0; i < documents; i++) {
    const document = await recipe(i);
    const losses = await student.losses(document);
    for (const kind of [document.kind, "all"]) {
      const sum = kinds.get(kind) ?? { loss: 0, tokens: 0, characters: 0, documents: 0 };
      kinds.set(kind, sum);
      sum.loss += losses.reduce((total, x) => total + x, 0);
      sum.tokens += losses.length;
      sum.characters += document.answer.length;
      sum.documents++;
    }
  }
  return Object.fromEntries(
    [...kinds].sort().map(([kind, { loss, tokens, characters, documents: n }]) => [
      kind,
      {
        documents: n,
        tokens,
        perplexity: rounded(Math.exp(loss / tokens)),
        bitsPerCharacter: rounded(loss / Math.LN2 / characters),
      },
    ]),
  );
}

/** Share of plain answers that name the prompt's subject, of prompts that have one. */
export async function subjectsNamed(speaker: Speaker, prompts: readonly string[]): Promise<number> {
  const named = await Promise.all(
    prompts
      .filter((prompt) => readPrompt(prompt).subject !== "")
      .map(async (prompt) => {
        const answer = (await speaker.answer(plainMessages(prompt))).toLowerCase();
        return answer.includes(readPrompt(prompt).subject.toLowerCase()) ? 1 : 0;
      }),
  );
  return rounded(meanOf(named));
}

const PRINCIPLES: readonly string[] = [...new Set(LABELS.map(({ principle }) => principle))];

/** Scores on a principle when it is wanted and when its opposite is, over the same prompts. */
interface Contrast {
  readonly follow: number;
  readonly avoid: number;
  readonly difference: number;
  /** 95 %, bootstrap over prompts. */
  readonly interval: readonly [number, number];
}

/** How each speaker's answers move on each principle, as the simulated judge rates them. */
export async function contrasts(
  student: Student,
  teacher: Speaker,
  judgeModel: LanguageModel,
  prompts: readonly string[],
  key: Key,
) {
  const judge = createJudge(judgeModel, { scale: 10, retries: 3, weighted: false });
  const score = async (text: string, principle: string): Promise<number> =>
    (await judge.rate(text, principle, null)) ?? Number.NaN;
  type Side = "follow" | "avoid";
  /** Scores by principle, then prompt. */
  type Scores = { readonly [S in Side]: readonly number[][] };

  const scored = async (
    answer: (principle: string, side: Side, prompt: string, index: number) => Promise<string>,
  ): Promise<Scores> => {
    const side = (name: Side) =>
      Promise.all(
        PRINCIPLES.map((principle) =>
          Promise.all(
            prompts.map(async (prompt, i) => score(await answer(principle, name, prompt, i), principle)),
          ),
        ),
      );
    return { follow: await side("follow"), avoid: await side("avoid") };
  };
  const summed = (scores: Scores, label: string) => {
    const differences = scores.follow.map((row, p) =>
      row.map((x, i) => x - (scores.avoid[p]?.[i] as number)),
    );
    const overall = prompts.map((_, i) =>
      meanOf(differences.map((row) => row[i] as number).filter(isNumber)),
    );
    const columns = [...differences, overall].map((row) => Float64Array.from(row));
    const intervals = clusterMeanIntervals(columns, fold(key, label), RESAMPLES);
    const contrast = (follow: readonly number[], avoid: readonly number[], column: number): Contrast => {
      const [low, high] = intervals[column] as readonly [number, number];
      const difference = meanOf(Array.from(columns[column] as Float64Array).filter(isNumber));
      return {
        follow: rounded(meanOf(follow.filter(isNumber))),
        avoid: rounded(meanOf(avoid.filter(isNumber))),
        difference: rounded(difference),
        interval: [rounded(low), rounded(high)],
      };
    };
    const byPrinciple = PRINCIPLES.map((principle, p) => [
      principle,
      contrast(scores.follow[p] as number[], scores.avoid[p] as number[], p),
    ]);
    return {
      all: contrast(scores.follow.flat(), scores.avoid.flat(), PRINCIPLES.length),
      principles: Object.fromEntries(byPrinciple) as Record<string, Contrast>,
    };
  };

  const told = (speaker: Speaker) => {
    const known = new Map<string, Promise<string>>();
    return (principle: string, side: Side, prompt: string): Promise<string> => {
      const id = `${principle}/${side}/${prompt}`;
      const answer = known.get(id) ?? speaker.answer(styledMessages({ principle, direction: side }, prompt));
      known.set(id, answer);
      return answer;
    };
  };
  const own = told(student);
  /** What somebody of that taste likes and dislikes, on another prompt: the student's own answers. */
  const pairFor = async (principle: string, side: Side, index: number) => {
    const question = prompts[(index + 1) % prompts.length] as string;
    const other = side === "follow" ? "avoid" : "follow";
    const [liked, disliked] = await Promise.all([
      own(principle, side, question),
      own(principle, other, question),
    ]);
    return { question, liked, disliked, fence: fenceOf(question, liked, disliked) };
  };
  const shown = async (principle: string, side: Side, prompt: string, index: number): Promise<string> => {
    const examples = renderPart(templates.ragExemplar, "example", await pairFor(principle, side, index));
    return student.answer(renderPrompt(templates.ragExemplar, { examples, prompt }));
  };
  const described = async (principle: string, side: Side, prompt: string, index: number): Promise<string> => {
    const { liked, disliked } = await pairFor(principle, side, index);
    const pair: ChatMessage[] = renderPrompt(templates.summarisePreference, {
      liked,
      disliked,
      fence: fenceOf(liked, disliked),
    });
    const preference = (await student.answer(pair)).replace(/\s+/g, " ");
    const preferences = renderPart(templates.ragSummary, "preference", { preference });
    return student.answer(renderPrompt(templates.ragSummary, { preferences, prompt }));
  };
  const steered = (principle: string, side: Side, prompt: string): Promise<string> =>
    student.steered(plainMessages(prompt), instructionOf({ principle, direction: side }));

  const plain = await Promise.all(prompts.map((prompt) => student.answer(plainMessages(prompt))));
  const ordinary = await Promise.all(
    PRINCIPLES.map(async (principle) => {
      const scores = await Promise.all(plain.map((text) => score(text, principle)));
      return [principle, rounded(meanOf(scores.filter(isNumber)))];
    }),
  );
  return {
    /** Scores of answers without any instruction. */
    plain: Object.fromEntries(ordinary) as Record<string, number>,
    told: summed(await scored(own), "told"),
    teacherTold: summed(await scored(told(teacher)), "teacher"),
    steered: summed(await scored(steered), "steered"),
    shown: summed(await scored(shown), "shown"),
    described: summed(await scored(described), "described"),
  };
}

function isNumber(x: number): boolean {
  return !Number.isNaN(x);
}
