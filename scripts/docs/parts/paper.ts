import type { Estimate } from "../../../src/app/estimate.ts";
import type { StageEstimate } from "../../../src/app/estimate-stages.ts";
import { whole } from "../../../src/report/format.ts";
import { markdownTable, type Part, type Workbench } from "../part.ts";

/** Tokens that one H100 with 80 GB reads and writes in a second, all requests together: assumed, not measured. */
const SPEEDS = {
  "gpt-oss-120b": { read: 20_000, write: 4_000 },
  Nemotron: { read: 10_000, write: 2_500 },
  "Qwen3.5-27B": { read: 8_000, write: 2_000 },
  "Llama-3.1-8B": { read: 25_000, write: 6_000 },
} as const;
type Llm = keyof typeof SPEEDS;

const BASES = { paper: "Qwen3.5-27B", "paper-llama": "Llama-3.1-8B" } as const satisfies Record<string, Llm>;

/** What each kind of call is, for people, in the order of the work; every kind must be among them. */
const STAGES: readonly (readonly [string, (s: StageEstimate) => boolean])[] = [
  ["rewrites of history and prompt", ({ role }) => role === "rewriter"],
  ["candidates, 20 a user", ({ role }) => role === "candidate"],
  ["ratings of candidates, 10 principles", ({ judged }) => judged === "candidates"],
  [
    "plain answers; those of prompt optimization",
    ({ role, prompt }) => role === "base" && prompt === "plain",
  ],
  ["answers of routing and its oracle", ({ role, prompt }) => role === "base" && prompt === "respond"],
  ["RAG-Exemplar answers", ({ prompt }) => prompt === "ragExemplar"],
  ["RAG-Summary: persons and preferences", ({ prompt = "" }) => prompt.startsWith("summarise")],
  ["RAG-Summary answers", ({ prompt }) => prompt === "ragSummary"],
  ["scores of answers", ({ judged }) => judged === "answers"],
];

/** The calls of the paper's presets, with prompts that need no network; their lengths are those of the page's assumptions. */
export const paperPart: Part = {
  about: "reproduce-paper.md: calls, tokens and GPU hours of the presets paper and paper-llama",
  cost: "seconds",
  async make(bench: Workbench) {
    const texts: Record<string, string> = {};
    for (const [preset, base] of Object.entries(BASES)) {
      const flags = ["--preset", preset, "--set", "conversations.source=builtin"];
      const { stages } = JSON.parse(await bench.print("estimate", ...flags, "--json")) as Estimate;
      const models = stages.filter(({ role }) => role !== "embedder");
      texts[`calls.${preset}`] = table(models, base);
      texts[`total.${preset}`] = whole(sum(models, (s) => s.calls));
      texts[`embedded.${preset}`] = whole(sum(stages, (s) => (s.role === "embedder" ? s.calls : 0)));
    }
    return texts;
  },
};

function table(stages: readonly StageEstimate[], base: Llm): string {
  const strays = stages.filter((stage) => !STAGES.some(([, holds]) => holds(stage)));
  if (strays.length > 0) throw new Error(`calls of no stage: ${JSON.stringify(strays)}`);
  const lines = STAGES.map(([name, holds]) => {
    const own = stages.filter(holds);
    const llm = llmOf(own[0]?.role ?? "base", base);
    const [read, written] = [sum(own, (s) => s.inputTokens), sum(own, (s) => s.outputTokens)];
    const { read: reads, write: writes } = SPEEDS[llm];
    return {
      name,
      llm,
      calls: sum(own, (s) => s.calls),
      read,
      written,
      hours: (read / reads + written / writes) / 3600,
    };
  }).filter(({ calls }) => calls > 0);
  const all = (of: (line: (typeof lines)[number]) => number): number => sum(lines, of);
  const millions = (tokens: number): string => (tokens / 1e6).toFixed(1);
  return markdownTable(
    ["stage", "model", "calls", "million tokens in", "out", "H100 hours"],
    [
      ...lines.map((l) => [
        l.name,
        l.llm,
        whole(l.calls),
        millions(l.read),
        millions(l.written),
        l.hours.toFixed(1),
      ]),
      [
        "**all**",
        "",
        `**${whole(all((l) => l.calls))}**`,
        `**${(all((l) => l.read) / 1e6).toFixed(0)}**`,
        `**${(all((l) => l.written) / 1e6).toFixed(0)}**`,
        `**${all((l) => l.hours).toFixed(0)}**`,
      ],
    ],
  );
}

const llmOf = (role: StageEstimate["role"], base: Llm): Llm =>
  role === "rewriter" || role === "judge" ? "gpt-oss-120b" : role === "candidate" ? "Nemotron" : base;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
