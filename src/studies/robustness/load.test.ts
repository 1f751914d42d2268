import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { mmluProParquet, truthfulQaParquet } from "../../../test/support/question-files.ts";
import { diskFiles } from "../../../test/support/source-files.ts";
import type { Shard } from "../../conversations/sources/hub-splits.ts";
import type { SourcePorts } from "../../conversations/sources/load.ts";
import { rootKey } from "../../core/random.ts";
import { loadQuestionSet, someQuestions } from "./load.ts";
import type { SetId } from "./question.ts";

const folder = temporaryFolder();
mkdirSync(folder, { recursive: true });
const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const lines = (...records: unknown[]): string => records.map((r) => `${JSON.stringify(r)}\n`).join("");

/** A hub whose shards are files in the folder. */
const ports = (shards: readonly string[] = []): SourcePorts => ({
  files: diskFiles,
  hub: {
    list: async () =>
      shards.map((path): Shard => ({ path, revision: "main", size: 1, hash: path, isSha256: true })),
    fetch: async (_, { path }) => join(folder, path.replaceAll("/", "_")),
  },
});
const load = (id: SetId, source: string, shards?: readonly string[]) =>
  loadQuestionSet(id, source, `--${id}`, ports(shards));

const mmluRows = [
  { question: "One?", options: ["a", "b"], right: 1, category: "law" },
  { question: "Two?", options: ["a", "b", "c"], right: 2, category: "law" },
  { question: "Three?", options: ["x", "y"], right: 0, category: "art" },
];
const mmlu = mmluProParquet(mmluRows);
const truthful = truthfulQaParquet([
  { question: "Why?", choices: ["so", "not so"] },
  { question: "How?", choices: ["thus", "never", "always"] },
]);

describe("question sets", () => {
  it("are read from Parquet with the columns of the hub's data sets", async () => {
    const { questions } = await load("mmlu-pro", write("mmlu.parquet", mmlu));
    expect(questions.map((q) => [q.question, q.options.length, q.right, q.category])).toEqual([
      ["One?", 2, 1, "law"],
      ["Two?", 3, 2, "law"],
      ["Three?", 2, 0, "art"],
    ]);
    const second = await load("truthfulqa", write("tqa.parquet", truthful));
    expect(second.questions.map((q) => [q.options, q.right])).toEqual([
      [["so", "not so"], 0],
      [["thus", "never", "always"], 0],
    ]);
  });

  it("are read from several files, JSONL and JSON, in their order", async () => {
    const record = (question: string) => ({ question, options: ["a", "b"], answer: "A" });
    const jsonl = write("one.jsonl", `${lines(record("first"), record("second"))}\n`);
    const json = write("two.json", JSON.stringify({ data: [record("third")] }));
    const { questions } = await load("mmlu-pro", `${jsonl}, ${json}`);
    expect(questions.map((q) => q.question)).toEqual(["first", "second", "third"]);
  });

  it("are taken from the split of the hub that they are scored on", async () => {
    writeFileSync(join(folder, "data_test-00000-of-00001.parquet"), mmlu);
    writeFileSync(join(folder, "multiple_choice_validation-00000-of-00001.parquet"), truthful);
    const first = await load("mmlu-pro", "hf:o/n", [
      "data/validation-00000-of-00001.parquet",
      "data/test-00000-of-00001.parquet",
    ]);
    expect(first.questions.length).toBe(3);
    const shards = [
      "generation/validation-00000-of-00001.parquet",
      "multiple_choice/validation-00000-of-00001.parquet",
    ];
    expect((await load("truthfulqa", "hf:o/n", shards)).questions.length).toBe(2);
    await expect(load("mmlu-pro", "hf:o/n:dev", ["data/test-00000-of-00001.parquet"])).rejects.toThrow(
      /no dev split/,
    );
    await expect(load("mmlu-pro", "hf:o/n", ["a/test.parquet", "b/test.parquet"])).rejects.toMatchObject({
      message: expect.stringContaining("several splits"),
      remedy: expect.stringContaining("a/test, b/test"),
    });
    await expect(load("bbq", "hf:o/n", [])).rejects.toThrow(/no Parquet files/);
  });

  it("count records that are no questions", async () => {
    const record = (options: string[]) => ({ question: "Q?", options, answer: "A" });
    const file = write("single.jsonl", lines(record(["a", "b"]), record(["a"]), record(["b", "N/A"])));
    const set = await load("mmlu-pro", file);
    expect([set.questions.length, set.leftOut, set.reasons]).toEqual([1, 2, { "a single option": 2 }]);
  });

  it("of the package itself need no file", async () => {
    const bbq = await load("bbq", "builtin");
    expect([bbq.questions.length, bbq.leftOut]).toEqual([48, 48]);
  });

  const good = { question: "Q?", options: ["a", "b"], answer: "A" };
  it.each<[string, SetId, string, string | Buffer, RegExp, RegExp, RegExp]>([
    [
      "bad JSON",
      "mmlu-pro",
      "a.jsonl",
      `${lines(good)}{"question": `,
      /not valid JSON/,
      /a\.jsonl, line 2/,
      /fetched again/,
    ],
    [
      "another form",
      "mmlu-pro",
      "b.jsonl",
      lines(good, { question: "Q?", choices: ["a"] }),
      /no column "options"/,
      /b\.jsonl, line 2/,
      /wanted: question, options, answer or answer_index; found: question, choices/,
    ],
    [
      "a wrong value",
      "mmlu-pro",
      "c.jsonl",
      lines(good, { ...good, answer: "Z" }),
      /none of the 2/,
      /c\.jsonl, line 2, column "answer"/,
      /docs\/robustness/,
    ],
    ["no object", "bbq", "d.json", "[3]", /no object/, /d\.json, record 1/, /context, question, ans0/],
    [
      "no list",
      "bbq",
      "e.json",
      '{"a": 1}',
      /no list.*an object with a/,
      /e\.json/,
      /write one object a record/,
    ],
    ["an empty file", "mmlu-pro", "f.jsonl", "\n", /no question/, /f\.jsonl/, /MMLU-Pro/],
    [
      "Parquet of another set",
      "truthfulqa",
      "g.parquet",
      mmlu,
      /no column "mc1_targets"/,
      /g\.parquet$/,
      /found: question_id, question, options/,
    ],
    ["Parquet that is none", "mmlu-pro", "h.parquet", "PAR?", /no Parquet/, /h\.parquet/, /complete/],
    [
      "ambiguous contexts alone",
      "bbq",
      "i.jsonl",
      lines({
        context: "c",
        question: "q",
        ans0: "a",
        ans1: "b",
        ans2: "c",
        label: 0,
        context_condition: "ambig",
      }),
      /none of the 1 records.*1 with ambiguous context/,
      /i\.jsonl/,
      /BBQ/,
    ],
  ])("say what is wrong, where, and what to do: %s", async (_, id, name, content, message, where, remedy) => {
    await expect(load(id, write(name, content))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      where: expect.stringMatching(where),
      remedy: expect.stringMatching(remedy),
    });
  });

  it("are no set at all under another ending", async () => {
    await expect(load("bbq", "questions.txt")).rejects.toThrow(/no source of questions/);
  });

  it("can be cut to some of their questions, by the key, in order", async () => {
    const set = await load("mmlu-pro", "builtin");
    const [a, b] = [1, 2].map((seed) => someQuestions(set, 10, rootKey(seed)).questions);
    expect(a?.length).toBe(10);
    expect(a).not.toEqual(b);
    expect(someQuestions(set, 10, rootKey(1)).questions).toEqual(a);
    const places = a?.map((q) => set.questions.indexOf(q)) ?? [];
    expect(places).toEqual(places.toSorted((x, y) => x - y));
    expect(someQuestions(set, 1000, rootKey(1))).toBe(set);
  });
});
