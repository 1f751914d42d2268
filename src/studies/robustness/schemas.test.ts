import { describe, expect, it } from "vitest";
import { ownRecords } from "./own-questions.ts";
import { SET_IDS, type SetId } from "./question.ts";
import { SET_SCHEMAS } from "./schemas.ts";

const read = (id: SetId, record: unknown) => SET_SCHEMAS[id].read(record);

const MMLU = { question: "Which?", options: ["one", "two", "N/A", "N/A"], answer: "B", answer_index: 1 };
const TQA = { question: "Which?", mc1_targets: { choices: ["yes", "no"], labels: [1, 0] } };
const BBQ = {
  context: "The baker and the smith met. The smith sang.",
  question: "Who sang?",
  ans0: "The baker",
  ans1: "Not known",
  ans2: "The smith",
  label: 2,
  context_condition: "disambig",
  category: "Trade",
  question_polarity: "neg",
  answer_info: { ans0: ["baker", "food"], ans1: ["Not known", "unknown"], ans2: ["smith", "metal"] },
  additional_metadata: { stereotyped_groups: ["metal"] },
};

describe("records of the published sets", () => {
  it("of MMLU-Pro: the fill of version 1.1 is dropped, by letter or by index", () => {
    const question = { category: null, passage: null, question: "Which?", options: ["one", "two"], right: 1 };
    expect(read("mmlu-pro", MMLU)).toEqual({ question });
    expect(read("mmlu-pro", { ...MMLU, answer_index: undefined })).toEqual({ question });
    expect(read("mmlu-pro", { ...MMLU, answer: undefined })).toEqual({ question });
    const first = read("mmlu-pro", { ...MMLU, options: ["N/A", "one", "one", "", "two"], category: "law" });
    expect(first).toEqual({ question: { ...question, category: "law", right: 0 } });
  });

  it("of TruthfulQA: the labelled choice is right, as lists or as a map", () => {
    const question = { category: null, passage: null, question: "Which?", options: ["yes", "no"], right: 0 };
    expect(read("truthfulqa", TQA)).toEqual({ question });
    expect(read("truthfulqa", { ...TQA, mc1_targets: { yes: 1, no: 0 } })).toEqual({ question });
  });

  it("of BBQ: ambiguous contexts are left out, and either name of the label is read", () => {
    expect(read("bbq", { ...BBQ, context_condition: "ambig" })).toEqual({ leftOut: "ambiguous context" });
    const { label, ...rest } = BBQ;
    const question = {
      category: "Trade",
      passage: BBQ.context,
      question: "Who sang?",
      options: ["The baker", "Not known", "The smith"],
      right: 2,
      bias: { biased: 2, unknown: 1 },
    };
    expect(read("bbq", BBQ)).toEqual({ question });
    expect(read("bbq", { ...rest, answer_label: label })).toEqual({ question });
  });

  it("of BBQ: the biased answer is the target's in a negative question and the other's in a non-negative one", () => {
    const biased = (changes: object) => {
      const found = read("bbq", { ...BBQ, ...changes });
      return "question" in found ? found.question.bias?.biased : "no question";
    };
    expect(biased({ question_polarity: "nonneg" })).toBe(0);
    expect(biased({ target_loc: 0 })).toBe(0);
    expect(biased({ target_label: 0, question_polarity: "nonneg" })).toBe(2);
    // What the data do not tell is not guessed.
    expect(biased({ target_loc: 1 })).toBeUndefined();
    expect(biased({ question_polarity: undefined })).toBeUndefined();
    expect(biased({ additional_metadata: { stereotyped_groups: ["metal", "food"] } })).toBeUndefined();
    expect(biased({ additional_metadata: { stereotyped_groups: "metal" } })).toBeUndefined();
    expect(biased({ answer_info: undefined })).toBeUndefined();
    const named = { ans0: ["Ada", "F-Metal"], ans1: ["Not known", "unknown"], ans2: ["Ben", "M-Food"] };
    expect(biased({ answer_info: named })).toBe(0);
  });

  it("with a single option are no questions, and are not wrong either", () => {
    expect(read("mmlu-pro", { ...MMLU, options: ["N/A", "two"] })).toEqual({ leftOut: "a single option" });
    expect(read("mmlu-pro", { ...MMLU, options: ["one"], answer: "A", answer_index: 0 })).toEqual({
      leftOut: "a single option",
    });
  });

  it.each<[SetId, object, string, RegExp]>([
    ["mmlu-pro", { ...MMLU, answer: "E", answer_index: 4 }, "answer_index", /4 is none of the 4 options/],
    ["mmlu-pro", { ...MMLU, answer: "A" }, "answer_index", /is 1, but the answer is A/],
    ["mmlu-pro", { ...MMLU, answer: "two", answer_index: undefined }, "answer", /no letter/],
    ["mmlu-pro", { ...MMLU, answer: null, answer_index: null }, "answer", /missing/],
    ["mmlu-pro", { ...MMLU, options: ["one", "two", 3] }, "options", /2: .*string/],
    [
      "mmlu-pro",
      { ...MMLU, options: Array.from({ length: 27 }, (_, i) => `${i}`) },
      "options",
      /27 options instead/,
    ],
    ["mmlu-pro", { ...MMLU, question: "  " }, "question", /empty/],
    ["mmlu-pro", { ...MMLU, options: ["one", " "] }, "options", /right option is empty/],
    [
      "truthfulqa",
      { ...TQA, mc1_targets: { choices: ["a", "b"], labels: [1, 1] } },
      "mc1_targets",
      /2 choices/,
    ],
    ["truthfulqa", { ...TQA, mc1_targets: { choices: ["a", "b"], labels: [1] } }, "mc1_targets", /1 labels/],
    ["truthfulqa", { ...TQA, mc1_targets: "yes" }, "mc1_targets", /./],
    ["bbq", { ...BBQ, label: null }, "label", /missing/],
    ["bbq", { ...BBQ, label: 3 }, "label", /3 is none of the 3/],
    ["bbq", { ...BBQ, context_condition: "unclear" }, "context_condition", /ambig/],
  ])("of %s that are wrong say in which column: %j", (id, record, column, problem) => {
    expect(read(id, record)).toEqual({ column, problem: expect.stringMatching(problem) });
  });

  it.each(SET_IDS)("of our own %s are all good, differ, and have their right answers spread", (id) => {
    const found = ownRecords(id).map((record) => read(id, record));
    const questions = found.flatMap((r) => ("question" in r ? [r.question] : []));
    expect(found.filter((r) => "problem" in r)).toEqual([]);
    expect(questions.length).toBe({ "mmlu-pro": 64, truthfulqa: 32, bbq: 48 }[id]);
    expect(new Set(questions.map((q) => JSON.stringify([q.passage, q.question]))).size).toBe(
      questions.length,
    );
    const places = new Set(questions.map((q) => q.right)).size;
    if (id === "truthfulqa") expect(places).toBe(1);
    else expect(places).toBeGreaterThan(2);
    if (id !== "bbq") return;
    // Balanced: the right answer agrees with the stereotype in half of the questions.
    expect(questions.every((q) => q.bias !== undefined)).toBe(true);
    expect(questions.filter((q) => q.bias?.biased === q.right).length).toBe(24);
  });
});
