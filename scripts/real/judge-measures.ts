import type { GenerateRequest, LanguageModel } from "../../src/core/ports/language-model.ts";
import { wrapModel } from "../../src/core/wrap-model.ts";
import { createJudge, TOP_LOGPROBS } from "../../src/judge/judge.ts";
import type { JudgeSettings } from "../../src/judge/settings.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { pearson, spearman } from "../../src/statistics/correlation.ts";
import { mean } from "../../src/statistics/descriptive.ts";
import type { RatedText } from "../../src/studies/texts.ts";

type Pairs = readonly (readonly [string, string])[];

/** Four of the paper's antonym pairs, whose words the simulated judge knows. */
export const ANTONYMS: Pairs = [
  ["verbose", "terse"],
  ["formal", "casual"],
  ["warm", "cold"],
  ["serious", "playful"],
];

/** By text, then by word in the order of the pairs; a score that was not obtained is `null`. */
type Scores = readonly (readonly (number | null)[])[];

export interface Measured {
  readonly form: string;
  readonly asked: number;
  readonly readable: number;
  readonly meanMass: number | null;
  readonly plain: number;
  readonly rows: readonly {
    readonly how: "plain" | "weighted";
    /** Mean |s+ + s- - 11| over pairs. */
    readonly balance: number | null;
    /** Mean over the pairs that have one. */
    readonly correlation: number | null;
    /** Mean over the words that have one. */
    readonly spearman: number | null;
    readonly byWord: ReadonlyMap<string, number | null>;
    readonly distinct: number;
  }[];
}

export const simulatedScores = (
  texts: readonly RatedText[],
  pairs: Pairs,
  settings: JudgeSettings,
): Promise<Scores> => scoresOf(createSimModel(), settings, texts, pairs);

/** The written and the weighted scores of the very same replies. */
export async function measureJudge(
  model: LanguageModel,
  settings: JudgeSettings,
  texts: readonly RatedText[],
  pairs: Pairs,
  simulated: Scores,
): Promise<Measured> {
  const masses: number[] = [];
  let plain = 0;
  const weighted = await scoresOf(model, { ...settings, weighted: true }, texts, pairs, (mass, isPlain) => {
    masses.push(mass);
    if (isPlain) plain++;
  });
  const asWeighted = (request: GenerateRequest) => model.generate({ ...request, topLogprobs: TOP_LOGPROBS });
  const written = await scoresOf(
    wrapModel(model, asWeighted),
    { ...settings, weighted: false },
    texts,
    pairs,
  );
  const all = weighted.flat();
  return {
    form: model.heldBy?.() ?? "nothing",
    asked: all.length,
    readable: all.filter((score) => score !== null).length,
    meanMass: masses.length === 0 ? null : mean(masses),
    plain,
    rows: [
      { how: "plain", ...figures(written, pairs, simulated) },
      { how: "weighted", ...figures(weighted, pairs, simulated) },
    ],
  };
}

async function scoresOf(
  model: LanguageModel,
  settings: JudgeSettings,
  texts: readonly RatedText[],
  pairs: Pairs,
  weighed: (mass: number, isPlain: boolean) => void = () => {},
): Promise<Scores> {
  const judge = createJudge(model, settings, { usable() {}, nothing() {}, weighed });
  const whole = texts.flatMap(({ text }) => (text === null ? [] : [text]));
  return Promise.all(whole.map((text) => judge.rateAll(text, pairs.flat(), null)));
}

function figures(scores: Scores, pairs: Pairs, simulated: Scores): Omit<Measured["rows"][number], "how"> {
  const words = pairs.flat();
  const byPair = pairs.map((_, p) => bothOf(column(scores, 2 * p), column(scores, 2 * p + 1)));
  const byWord = new Map(
    words.map((word, w) => {
      const [own, theirs] = bothOf(column(scores, w), column(simulated, w));
      return [word, spearman(own, theirs)];
    }),
  );
  return {
    balance: meanOf(byPair.map(([a, b]) => meanOf(a.map((s, i) => Math.abs(s + (b[i] as number) - 11))))),
    correlation: meanOf(byPair.map(([a, b]) => pearson(a, b))),
    spearman: meanOf([...byWord.values()]),
    byWord,
    distinct: new Set(scores.flat().filter((score) => score !== null)).size,
  };
}

const column = (scores: Scores, w: number): (number | null)[] => scores.map((row) => row[w] ?? null);

/** The texts that have both scores. */
function bothOf(a: readonly (number | null)[], b: readonly (number | null)[]): [number[], number[]] {
  const rows = a.flatMap((s, i) => {
    const other = b[i] ?? null;
    return s === null || other === null ? [] : [[s, other] as const];
  });
  return [rows.map(([s]) => s), rows.map(([, s]) => s)];
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}
