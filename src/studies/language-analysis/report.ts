import type { Figure } from "../../report/figures/figure.ts";
import { fixed, whole } from "../../report/format.ts";
import { left, right, type Table } from "../../report/table.ts";
import type { AttributeLanguage, Side, Skipped } from "./analyse.ts";
import type { MarkedNgram } from "./log-odds.ts";

/** The two sides of an attribute in words. */
function sideNames({ attribute, contrast }: AttributeLanguage): { plus: string; minus: string } {
  switch (contrast) {
    case "sides":
      return { plus: attribute, minus: `opposite of ${attribute}` };
    case "shown against others":
      return { plus: attribute, minus: "other users" };
    case "opposite against others":
      return { plus: `opposite of ${attribute}`, minus: "other users" };
  }
}

/** The strongest marks of the plus side, then of the minus side, each from the strongest on. */
function strongest({ ngrams }: AttributeLanguage, count: number): MarkedNgram[] {
  const plus = ngrams.filter(({ z }) => z > 0).slice(0, count);
  const minus = ngrams.filter(({ z }) => z < 0).slice(-count);
  return [...plus, ...minus.reverse()];
}

/** The marks of one attribute; `shown` n-grams of either side for people, all of them for machines. */
export function marksTable(language: AttributeLanguage, shown: number): Table {
  const { plus, minus } = sideNames(language);
  return {
    id: `ngrams-${language.attribute.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}`,
    caption: `Marks of ${plus} (z > 0: ${sizeOf(language.plus)}) against ${minus} (z < 0: ${sizeOf(language.minus)})`,
    columns: [
      left("marks"),
      left("n-gram"),
      right("z"),
      right("log-odds"),
      right("count"),
      right("count, other"),
      right("per 1,000"),
      right("other"),
    ],
    rows: strongest(language, shown).map((m) => {
      const own = m.z > 0 ? 0 : 1;
      return [
        own === 0 ? plus : minus,
        m.ngram,
        fixed(m.z, 1),
        fixed(m.logOdds),
        whole(m.counts[own] as number),
        whole(m.counts[1 - own] as number),
        fixed(m.perThousand[own] as number, 1),
        fixed(m.perThousand[1 - own] as number, 1),
      ];
    }),
    data: language.ngrams.map((m) => ({
      attribute: language.attribute,
      contrast: language.contrast,
      ngram: m.ngram,
      n: m.n,
      z: m.z,
      logOdds: m.logOdds,
      countPlus: m.counts[0],
      countMinus: m.counts[1],
      perThousandPlus: m.perThousand[0],
      perThousandMinus: m.perThousand[1],
      conversationsPlus: m.conversations[0],
      conversationsMinus: m.conversations[1],
    })),
  };
}

/** What the reader must know before the tables. */
export function languageWords(
  languages: readonly AttributeLanguage[],
  skipped: readonly Skipped[],
): string[] {
  const oneSided = languages.filter(({ contrast }) => contrast !== "sides").map(({ attribute }) => attribute);
  return [
    "z ranks how strongly an n-gram marks a side (log-odds with an informative Dirichlet prior); words of one user are not independent, so it is no test.",
    ...(oneSided.length > 0
      ? [
          `One side alone is in the data, and is set against all users without the attribute: ${oneSided.join(", ")}.`,
        ]
      : []),
    ...skipped.map(({ attribute, reason }) => `Skipped ${attribute}: ${reason}.`),
  ];
}

/** One drawing an attribute. Loads the drawing library. */
export async function languageFigures(
  languages: readonly AttributeLanguage[],
  count: number,
): Promise<Figure[]> {
  const { ngramMarks } = await import("../../report/figures/ngram-marks.ts");
  return languages.map((language) => {
    const sides = sideNames(language);
    const caption = `What marks ${sides.plus}, against ${sides.minus}.`;
    return {
      id: marksTable(language, 0).id,
      caption,
      svg: ngramMarks(strongest(language, count), sides, caption),
    };
  });
}

function sizeOf({ users, conversations }: Side): string {
  return `${whole(users)} ${users === 1 ? "user" : "users"}, ${whole(conversations)} conversations`;
}
