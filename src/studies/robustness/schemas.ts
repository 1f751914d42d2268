import { z } from "zod";
import { type BbqRecord, bbqRecord, biasOf, unknownOption } from "./bbq.ts";
import { type LeftOut, MOST_OPTIONS, type Question, type SetId } from "./question.ts";
import type { WantedColumns } from "./records.ts";

/** What a record is: a question, one that the study leaves out, or something else, with the column that is wrong. */
export type ReadRecord =
  | { readonly question: Question }
  | { readonly leftOut: LeftOut }
  | { readonly problem: string; readonly column: string };

/** How records of one published set look, and how they are read. */
export interface SetSchema extends WantedColumns {
  read(record: unknown): ReadRecord;
}

const text = z.string().regex(/\S/, "is empty");
const whole = z.int();

/** Fields of TIGER-Lab/MMLU-Pro (Wang et al., 2024); options "N/A" of its version 1.1 are fill and are dropped. */
const mmluPro = z.looseObject({
  question: text,
  options: z.array(z.string()),
  answer: z.string().nullish(),
  answer_index: whole.nullish(),
  category: z.string().nullish(),
});

function readMmluPro(record: z.output<typeof mmluPro>): ReadRecord {
  const { question, options, category } = record;
  const letter = record.answer?.trim().toUpperCase();
  if (letter !== undefined && !/^[A-Z]$/.test(letter)) {
    return { problem: `"${record.answer}" is no letter from A to Z`, column: "answer" };
  }
  const byLetter = letter === undefined ? undefined : letter.charCodeAt(0) - 65;
  const index = record.answer_index ?? byLetter;
  if (index === undefined) return { problem: "the right answer is missing", column: "answer" };
  if (byLetter !== undefined && byLetter !== index) {
    return { problem: `is ${index}, but the answer is ${letter}`, column: "answer_index" };
  }
  const columns = { options: "options", right: record.answer_index == null ? "answer" : "answer_index" };
  if (options[index] === undefined) return notAnOption(index, options.length, columns.right);
  const kept = options.map((_, i) => i).filter((i) => options[i] !== "N/A" || i === index);
  return checked(
    { category: category ?? null, passage: null, question, options: kept.map((i) => options[i] as string) },
    kept.indexOf(index),
    columns,
  );
}

/** Fields of truthfulqa/truthful_qa, configuration multiple_choice; or a map of options to 0 and 1, as in its own repository. */
const mc1 = z.union([
  z.looseObject({ choices: z.array(z.string()), labels: z.array(whole) }),
  z.record(z.string(), z.literal([0, 1])),
]);
const truthfulQa = z.looseObject({ question: text, mc1_targets: mc1, category: z.string().nullish() });

function readTruthfulQa({ question, mc1_targets, category }: z.output<typeof truthfulQa>): ReadRecord {
  const column = "mc1_targets";
  const [choices, labels] =
    "choices" in mc1_targets && Array.isArray(mc1_targets.choices)
      ? [mc1_targets.choices, mc1_targets.labels as number[]]
      : [Object.keys(mc1_targets), Object.values(mc1_targets) as number[]];
  if (choices.length !== labels.length) {
    return { problem: `${choices.length} choices, but ${labels.length} labels`, column };
  }
  const right = labels.flatMap((label, i) => (label === 1 ? [i] : []));
  if (right.length !== 1)
    return { problem: `${right.length} choices are labelled as right instead of one`, column };
  return checked(
    { category: category ?? null, passage: null, question, options: choices },
    right[0] as number,
    {
      options: column,
      right: column,
    },
  );
}

function readBbq(record: BbqRecord): ReadRecord {
  if (record.context_condition === "ambig") return { leftOut: "ambiguous context" };
  const right = record.label ?? record.answer_label;
  if (right == null) return { problem: "the right answer is missing", column: "label" };
  const options = [record.ans0, record.ans1, record.ans2];
  const read = checked(
    { category: record.category ?? null, passage: record.context, question: record.question, options },
    right,
    { options: "ans0 to ans2", right: record.label == null ? "answer_label" : "label" },
  );
  const unknown = unknownOption(record);
  const biased = unknown === null ? null : biasOf(record, unknown);
  if (!("question" in read) || unknown === null || biased === null) return read;
  if (read.question.options.length < options.length) return read;
  return { question: { ...read.question, bias: { biased, unknown } } };
}

/** A question, once its options and right answer have been checked. Empty and repeated options are dropped. */
function checked(
  question: Omit<Question, "right">,
  right: number,
  columns: { readonly options: string; readonly right: string },
): ReadRecord {
  const all = question.options.map((option) => option.trim());
  const answer = all[right];
  if (answer === undefined) return notAnOption(right, all.length, columns.right);
  if (answer === "") return { problem: "the right option is empty", column: columns.options };
  const options = [...new Set(all)].filter((option) => option !== "");
  if (options.length === 1) return { leftOut: "a single option" };
  if (options.length > MOST_OPTIONS) {
    return { problem: `${options.length} options instead of 2 to ${MOST_OPTIONS}`, column: columns.options };
  }
  return {
    question: { ...question, question: question.question.trim(), options, right: options.indexOf(answer) },
  };
}

function notAnOption(index: number, count: number, column: string): ReadRecord {
  return { problem: `${index} is none of the ${count} options, which count from 0`, column };
}

/** A reader of records of one form; the first thing that is wrong is told with its column. */
function schemaOf<T>(
  needed: SetSchema["needed"],
  used: readonly string[],
  schema: z.ZodType<T>,
  read: (record: T) => ReadRecord,
): SetSchema {
  return {
    needed,
    used,
    read(record) {
      const parsed = schema.safeParse(record);
      if (parsed.success) return read(parsed.data);
      const issue = parsed.error.issues[0] as z.core.$ZodIssue;
      const [column, ...inner] = issue.path.map(String);
      const place = inner.length === 0 ? "" : `${inner.join(".")}: `;
      return { problem: `${place}${issue.message}`, column: column ?? "(record)" };
    },
  };
}

export const SET_SCHEMAS: Readonly<Record<SetId, SetSchema>> = {
  "mmlu-pro": schemaOf(
    [["question"], ["options"], ["answer", "answer_index"]],
    ["category"],
    mmluPro,
    readMmluPro,
  ),
  truthfulqa: schemaOf([["question"], ["mc1_targets"]], ["category"], truthfulQa, readTruthfulQa),
  bbq: schemaOf(
    [
      ["context"],
      ["question"],
      ["ans0"],
      ["ans1"],
      ["ans2"],
      ["label", "answer_label"],
      ["context_condition"],
    ],
    ["category", "question_polarity", "target_loc", "target_label", "answer_info", "additional_metadata"],
    bbqRecord,
    readBbq,
  ),
};
