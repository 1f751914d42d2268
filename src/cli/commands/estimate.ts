import { Command } from "commander";
import { readInputs } from "../../app/compose.ts";
import type { ConfigFlags } from "../../app/overrides.ts";
import { withKnownTraits } from "../../app/pilot-traits.ts";
import { chance, effectSize, planFromPilot, shownPlan } from "../../app/power-plan.ts";
import { resolveFlags } from "../../app/resolve.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { ModelConfig } from "../../core/config/schema.ts";
import { generateText } from "../../core/generate-text.ts";
import type { HttpClient } from "../../core/ports/http.ts";
import type { LanguageModel, ModelRole } from "../../core/ports/language-model.ts";
import type { System } from "../../core/ports/system.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import { createMethod } from "../../methods/registry.ts";
import { estimateCalls } from "../../pipeline/estimate-calls.ts";
import { hasOwnRatings } from "../../pipeline/imported-users.ts";
import { pilotTokens } from "../../pipeline/pilot.ts";
import { cachedModel } from "../../providers/decorators/cached.ts";
import { createSimEmbedder } from "../../providers/sim/embedder.ts";
import { createSimModel } from "../../providers/sim/model.ts";
import { fixed, whole } from "../../report/format.ts";
import { textTable } from "../../report/table.ts";
import { memoryStore } from "../../store/memory.ts";
import { addConfigFlags, wholeNumber } from "../options.ts";

interface EstimateFlags extends ConfigFlags {
  readonly answerTokens: number;
  readonly judgeTokens: number;
  readonly pilot?: string;
  readonly effect: number;
  readonly power: number;
  readonly json?: boolean;
}

interface RoleEstimate {
  readonly role: ModelRole;
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
}

/** How many answers stand in a prompt, by which a longer answer lengthens it. */
const ANSWERS_WITHIN: Readonly<Record<string, number>> = { judge: 1, summarisePreference: 2, ragExemplar: 6 };
/** Prompts whose output is an answer to a user. */
const ANSWERING = new Set(["plain", "respond", "ragExemplar", "ragSummary", "inContext"]);

/** `estimate`: calls, tokens and cost of a run before anything is paid. */
export function estimateCommand(system: System): Command {
  return addConfigFlags(
    new Command("estimate")
      .description("calls, tokens and cost of a run, before anything is paid; how many users an effect needs")
      .argument("[config]", "apm.config.ts or a .json file"),
  )
    .option("--answer-tokens <n>", "length of a real model's answer", wholeNumber, 400)
    .option("--judge-tokens <n>", "length of a real judge's reply, reasoning included", wholeNumber, 200)
    .option(
      "--pilot <run>",
      "finished run whose variances tell how many users and worlds find a gain of --effect",
    )
    .option("--effect <points>", "gain to be found, in points of reward", effectSize, 0.25)
    .option("--power <chance>", "wanted chance to find it", chance, 0.8)
    .option("--json", "print the estimate as JSON")
    .action(async (file: string | undefined, flags: EstimateFlags) => {
      const config = await resolveFlags(system, file, flags);
      const inputs = await readInputs(system, config);
      const test = inputs.imported?.length ?? config.users.test;
      const rows = await estimate({ ...config, users: { ...config.users, test } }, inputs, flags);
      const power = flags.pilot === undefined ? null : planFromPilot(system, config, flags.pilot, flags);
      if (flags.json) {
        system.stdout(`${JSON.stringify({ rows, total: totalOf(rows), ...(power && { power }) })}\n`);
      } else {
        system.stdout(shown(config, rows));
        if (power) system.stdout(`\n${shownPlan(power)}\n`);
      }
    });
}

type Inputs = Awaited<ReturnType<typeof readInputs>>;

async function estimate(config: Config, inputs: Inputs, flags: EstimateFlags): Promise<RoleEstimate[]> {
  const tokens = await simulatedPilot(config, inputs);
  const simulatedAnswer = tokens.get("respond")?.output ?? tokens.get("plain")?.output ?? 0;
  const own = inputs.imported?.filter((user) => hasOwnRatings(user, config.pool)).length ?? 0;
  const rows = new Map<ModelRole, { calls: number; input: number; output: number }>();
  for (const { role, prompt, calls } of estimateCalls(config, own)) {
    const mean = tokens.get(prompt) ?? { input: 0, output: 0 };
    const simulated = config.models[role].provider === "sim";
    const answersReal = config.models.candidate.provider !== "sim";
    const longer = answersReal ? (ANSWERS_WITHIN[prompt] ?? 0) * (flags.answerTokens - simulatedAnswer) : 0;
    let output = mean.output;
    if (!simulated && ANSWERING.has(prompt)) output = flags.answerTokens;
    if (!simulated && prompt === "judge") output = flags.judgeTokens;
    const row = rows.get(role) ?? { calls: 0, input: 0, output: 0 };
    row.calls += calls;
    row.input += calls * (mean.input + longer);
    row.output += calls * output;
    rows.set(role, row);
  }
  return [...rows].map(([role, { calls, input, output }]) => {
    const model: ModelConfig = config.models[role];
    const cost = model.price ? (input * model.price.input + output * model.price.output) / 1e6 : null;
    return {
      role,
      model: `${model.provider}:${model.model}`,
      calls: Math.round(calls),
      inputTokens: Math.round(input),
      outputTokens: Math.round(output),
      costUsd: model.provider === "sim" || model.provider === "local" ? 0 : cost,
    };
  });
}

/** The lengths of prompts come from a few simulated users: nothing is paid. */
async function simulatedPilot(config: Config, inputs: Inputs) {
  const store = memoryStore();
  const model = (role: ModelRole): LanguageModel => {
    const { provider, options } = config.models[role];
    return cachedModel(createSimModel(provider === "sim" && options ? { options } : {}), store);
  };
  const { pool, ...known } = withKnownTraits(config.pool, inputs.imported);
  // A method that trains the base LLM cannot be simulated; its prompts are the plain ones.
  const methods = config.methods.filter((method, i) => !createMethod(method, i).tunes);
  return pilotTokens({
    config: { ...config, pool, methods, judge: { ...config.judge, weighted: false } },
    models: {
      base: model("base"),
      candidate: model("candidate"),
      rewriter: model("rewriter"),
      judge: model("judge"),
    },
    embedder: createSimEmbedder(),
    http: answeringAs(model("base")),
    store,
    ...inputs,
    ...known,
    observe: () => {},
    sink: { user: () => {}, sample: () => {} },
  });
}

/** External systems are not asked for an estimate: their answers are taken to be as long as the base LLM's. */
function answeringAs(base: LanguageModel): HttpClient {
  return {
    async postJson(_url, body) {
      const { prompt = "" } = JSON.parse([...body].join("")) as { prompt?: string };
      return { response: prompt === "" ? null : await generateText(base, plainMessages(prompt)) };
    },
  };
}

function totalOf(rows: readonly RoleEstimate[]): Omit<RoleEstimate, "role" | "model"> {
  const sum = (pick: (row: RoleEstimate) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  return {
    calls: sum((r) => r.calls),
    inputTokens: sum((r) => r.inputTokens),
    outputTokens: sum((r) => r.outputTokens),
    costUsd: rows.some((r) => r.costUsd === null) ? null : sum((r) => r.costUsd ?? 0),
  };
}

function shown(config: Config, rows: readonly RoleEstimate[]): string {
  const total = totalOf(rows);
  const cells = (name: string, model: string, r: Omit<RoleEstimate, "role" | "model">): string[] => [
    name,
    model,
    whole(r.calls),
    whole(r.inputTokens),
    whole(r.outputTokens),
    fixed(r.costUsd),
  ];
  const table = textTable({
    columns: [
      { title: "role", align: "left" },
      { title: "model", align: "left" },
      { title: "calls", align: "right" },
      { title: "input tokens", align: "right" },
      { title: "output tokens", align: "right" },
      { title: "cost (USD)", align: "right" },
    ],
    rows: [...rows.map((r) => cells(r.role, r.model, r)), cells("total", "", total)],
  });
  const { budget } = config;
  const over = [
    ...(budget.calls !== undefined && total.calls > budget.calls
      ? [`more calls than budget.calls (${budget.calls})`]
      : []),
    ...(budget.usd !== undefined && total.costUsd !== null && total.costUsd > budget.usd
      ? [`more than budget.usd (${budget.usd})`]
      : []),
  ];
  return `${[
    table,
    ...(total.costUsd === null ? ["no cost: some model has no price (models.<role>.price)"] : []),
    ...over.map((line) => `warning: ${line}; the run would stop there and could be continued`),
    "Calls that the run directory has stored already are not subtracted.",
  ].join("\n")}\n`;
}
