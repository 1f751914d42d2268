import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { interval, percent, pValue, signed } from "../../../src/report/format.ts";
import type { Robustness, SetResult } from "../../../src/studies/robustness/record.ts";
import { markdownTable, type Part, quoted } from "../part.ts";
import { BESIDE } from "./default.ts";

/** Studies beside the default run, whose calls they share: make that part first. */
export const auditPart: Part = {
  about: "audit.md: does the embedded default leak?",
  cost: "minutes",
  async make(bench) {
    const output = await bench.print("audit", BESIDE);
    bench.figure(join(BESIDE, "figures/audit-conditions.svg"), "audit-conditions");
    bench.figure(join(BESIDE, "figures/audit-contrast.svg"), "audit-contrast");
    return { checks: quoted(output, /^question /), contrast: quoted(output, /arbitrary .*stereotype/) };
  },
};

export const robustnessPart: Part = {
  about: "robustness.md: the default's answers to questions",
  cost: "minutes",
  async make(bench) {
    await bench.print("robustness", BESIDE);
    const own = bench.read<Robustness>(join(BESIDE, "robustness.json"));
    writeFileSync(join(bench.folder, "sums.jsonl"), sums());
    await bench.print("robustness", "--mmlu-pro", "sums.jsonl", "--out", "sums");
    bench.figure("sums/figures/robustness-mmlu-pro.svg", "robustness-sums");
    const many = bench.read<Robustness>("sums/robustness.json").sets[0] as SetResult;
    return { own: setsTable(own.sets), sums: changesTable(many) };
  },
};

const points = (share: number | null): string => signed(share === null ? null : 100 * share, 1);

/** One row a method, one column a set: points, and questions gained and lost. */
function setsTable(sets: readonly SetResult[]): string {
  const [first] = sets as [SetResult];
  return markdownTable(
    ["method", ...sets.map(({ name, questions }) => `${name} (${questions})`)],
    [
      ["none", ...sets.map(({ none }) => percent(none.accuracy, 1))],
      ...first.methods.map(({ name }) => [
        name,
        ...sets.map(({ methods }) => {
          const method = methods.find((other) => other.name === name) as SetResult["methods"][number];
          return `${points(method.change)} (${method.gained} : ${method.lost})`;
        }),
      ]),
    ],
  );
}

function changesTable({ none, methods }: SetResult): string {
  return markdownTable(
    [
      "method",
      "accuracy",
      "change [95 %]",
      "gained : lost",
      "p (Holm)",
      "unparsed",
      "change, unparsed wrong",
    ],
    [
      ["none", percent(none.accuracy, 1), "", "", "", String(none.unparsed), ""],
      ...methods.map((method) => [
        method.name,
        percent(method.accuracy, 1),
        `${points(method.change)} ${interval(method.changeCi95, points)}`,
        `${method.gained} : ${method.lost}`,
        pValue(method.pValueAdjusted),
        String(method.unparsed),
        points(method.changeUnparsedWrong),
      ]),
    ],
  );
}

/** The file of a thousand sums that robustness.md shows how to write. */
function sums(): string {
  const lines = Array.from({ length: 1_000 }, (_, n) => {
    const i = n + 1;
    const [a, b, c] = [3 + ((i * 7) % 40), 2 + ((i * 11) % 9), 1 + ((i * 13) % 50)];
    const sum = a * b + c;
    const options = [sum - 10, sum + c, sum, a * (b + c), sum + 1].map(String);
    return JSON.stringify({ question: `What is ${a} × ${b} + ${c}? (no. ${i})`, options, answer: "C" });
  });
  return `${lines.join("\n")}\n`;
}

export const biasPart: Part = {
  about: "judge-bias.md: naive criteria beside the sign-balanced score",
  cost: "minutes",
  async make(bench) {
    const output = await bench.print("bias", "--out", "bias");
    bench.figure("bias/figures/changes.svg", "bias-changes");
    return {
      prompts: effectsTable(bench.text("bias/tables/effects.csv")),
      criteria: quoted(output, /^criterion /),
    };
  },
};

const PROMPTS = ["low quality", "high quality", "cold", "warm", "casual", "formal", "faked personalization"];
const CRITERIA = ["quality", "personalization", "profile", "persona", "principle-mean", "sign-balanced"];

/** Changes of the criteria under some system prompts, over both base models; a star where the test finds one. */
function effectsTable(csv: string): string {
  const [head, ...lines] = csv
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const at = (line: readonly string[], column: string): string => line[head!.indexOf(column)] as string;
  const effect = (prompt: string, criterion: string): string => {
    const line = lines.find(
      (cells) =>
        at(cells, "model") === "all" &&
        at(cells, "variant") === prompt &&
        at(cells, "criterion") === criterion,
    );
    if (line === undefined) throw new Error(`no effect of "${prompt}" on ${criterion}`);
    return `${signed(Number(at(line, "change")))}${Number(at(line, "pValueAdjusted")) < 0.05 ? "\\*" : ""}`;
  };
  return markdownTable(
    ["system prompt", "quality", "ungrounded", "profile", "persona", "mean of principles", "sign-balanced"],
    PROMPTS.map((prompt) => [prompt, ...CRITERIA.map((criterion) => effect(prompt, criterion))]),
  );
}
