/** What an extension is, as files: the walks of CONTRIBUTING.md, step by step, made true by test/extensions.test.ts. */

export const method = `import { z } from "zod";
import { generateText } from "../core/generate-text.ts";
import { plainMessages } from "../core/prompt/prompts.ts";
import { describeMethod } from "./method.ts";

/** The last prompt of the history before the new one. */
export const lastPrompt = describeMethod({
  id: "last-prompt",
  title: "last prompt",
  summary: "the last prompt of the history before the new one; nothing learned",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#7a5230",
  learns: false,
  answers: "same",
  options: z.strictObject({}),
  calls: ({ test, worlds }) => [
    { role: "base", prompt: "plain", asks: test * worlds, calls: test, sameAs: "last-prompt" },
  ],
  create: () => ({
    kind: "method",
    fit: async (_train, _validation, { base }) => ({
      answer: async ({ history, prompt }) => ({
        text: await generateText(base, plainMessages([history.at(-1) ?? "", prompt].join(" "))),
      }),
    }),
  }),
});
`;

export const provider = `import type { Provider } from "../provider.ts";

/** Says again how the last message ends. */
export const parrotProvider: Provider = {
  id: "parrot",
  free: true,
  simulated: false,
  chat: ({ model }) => ({
    id: \`parrot:\${model}\`,
    identity: \`parrot@1 \${model}\`,
    simulated: false,
    generate: async ({ messages }) => ({
      text: \`Squawk \${messages.at(-1)?.content.slice(-40)}\`,
      finishReason: "stop",
      usage: { inputTokens: 10, outputTokens: 12 },
    }),
  }),
  embedder: ({ model }) => ({
    id: \`parrot:\${model}\`,
    identity: \`parrot-length@1 \${model}\`,
    simulated: false,
    embed: async (texts) => texts.map((text) => Float32Array.of(1, text.length)),
  }),
};
`;

export const study = `import type { Sample } from "../../core/run-record.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import type { Table } from "../../report/table.ts";

export interface LengthsRecord {
  readonly simulated: boolean;
  readonly methods: readonly { readonly name: string; readonly meanCharacters: number }[];
}

/** Mean length of each method's answers, in characters. */
export function answerLengths(samples: Iterable<Sample>, simulated: boolean): LengthsRecord {
  const sums = new Map<string, { characters: number; answers: number }>();
  for (const { method, answer } of samples) {
    if (answer === null) continue;
    const sum = sums.get(method) ?? { characters: 0, answers: 0 };
    sums.set(method, { characters: sum.characters + answer.length, answers: sum.answers + 1 });
  }
  const methods = [...sums].map(([name, s]) => ({ name, meanCharacters: s.characters / s.answers }));
  return { simulated, methods };
}

export function lengthsOutline({ simulated, methods }: LengthsRecord): StudyOutline {
  const table: Table = {
    id: "lengths",
    caption: "Mean length of answers",
    columns: [
      { title: "method", align: "left" },
      { title: "characters", align: "right" },
    ],
    rows: methods.map(({ name, meanCharacters }) => [name, meanCharacters.toFixed(0)]),
    data: methods,
  };
  const words = [\`\${methods.length} methods.\`];
  const title = "How long are answers?";
  return { title, subtitle: "", simulated, words, tables: [table], shown: [table, ...words], figures: async () => [] };
}
`;

export const commandFile = `import { join } from "node:path";
import { Command } from "commander";
import { OWN_FOLDER } from "../../app/study/finished-study.ts";
import { parseJsonl } from "../../core/jsonl.ts";
import type { System } from "../../core/ports/system.ts";
import type { Sample } from "../../core/run-record.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import { presentStudy } from "../present-study.ts";
import { z } from "zod";

/** \\\`lengths\\\`: how long answers are. */
export function lengthsCommand(system: System): Command {
  return new Command("lengths")
    .argument("<run>", "a finished run")
    .option("--out <dir>", "write tables, results.json and report.html to this folder")
    .option("--json", "print the record as JSON")
    .action(async (run: string, flags: { out?: string; json?: boolean }) => {
      const { answerLengths, lengthsOutline } = await import("../../studies/answer-lengths/lengths.ts");
      const file = join(run, RUN_FILES.samples);
      const samples = parseJsonl(system.readLines(file), file, z.looseObject({})) as Iterable<unknown> as Iterable<Sample>;
      const record = answerLengths(samples, readResults(system, run).simulated);
      await presentStudy(
        system,
        { record, outline: lengthsOutline(record), folder: flags.out, files: OWN_FOLDER, also: [] },
        flags,
      );
    });
}
`;
